"""What a person can ask for, one file per family; decides, and knows no platform."""
