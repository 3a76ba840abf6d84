"""Everything breaks at random moments; nothing that is wrong or short may look complete."""
