"""Run and deploy Cairn: the local runner, the demonstration, container files, and documents generated from code."""
