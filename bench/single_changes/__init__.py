"""An assignment over listed pairs that single arrivals and departures change; no service uses it (decision 36)."""
