package marking
