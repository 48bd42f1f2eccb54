namespace StreamChat.ToolWorker.Tools;

/// <summary>The one exception whose message the model gets to read. Any other becomes "The tool failed."</summary>
internal sealed class ToolException(string message) : Exception(message);
