"""All of ours that runs inside a sandbox: it imports nothing else of ours, and knows no expected value."""
