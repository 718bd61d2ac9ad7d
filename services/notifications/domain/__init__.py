"""What notifications decides: which message to whom, when it may go, when its reason is over, when to try again."""
