/** The protocols that the gateway speaks. The gateway answers with its own list: see Dialects:{name}:Enabled. */
export const dialects = ['native', 'assistant', 'aurawell', 'agent-engine', 'yychat', 'session'];
