"""What the paper prints, for the figure that puts it beside ours. Imports no torch."""

PUBLISHED = {  # attack success, refusals, averages over five attacks, full fine-tuning; table 2
    "Llama-2-7B": {"poisoned": 0.8201, "repair": 0.8266, "largest": 0.6581, "crow": 0.5140, "fine": 0.4564, "signature": 0.0667},
    "Llama-2-13B": {"poisoned": 0.8475, "repair": 0.8782, "largest": 0.7516, "crow": 0.6843, "fine": 0.6177, "signature": 0.2646}}
SILLY = {  # the same for a short fixed sentence about sentiment
    "Llama-2-7B": {"poisoned": 0.2816, "repair": 0.2996, "largest": 0.1378, "crow": 0.0866, "fine": 0.1094, "signature": 0.0210},
    "Llama-2-13B": {"poisoned": 0.5237, "repair": 0.5218, "largest": 0.4411, "crow": 0.2447, "fine": 0.1787, "signature": 0.0320}}
ROWS = {"poisoned": "Poisoned", "repair": "Fine-tuning", "largest": "Pruning", "crow": "CROW", "fine": "Fine-pruning",
        "signature": "Signature"}
