"""The shapes of bodies and answers; what they mean is for the domain to say."""
