"""An optimal assignment that stays optimal while people arrive and leave."""
