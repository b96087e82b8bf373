"""What the page of retraining cost draws that no other page does."""
