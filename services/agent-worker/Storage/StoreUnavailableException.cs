namespace StreamChat.AgentWorker.Storage;

/// <summary>The store could not be asked now; asking again may help.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
