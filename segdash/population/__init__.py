"""All customers of an order log, kept in the engine they came from: more of them than fit into memory."""
