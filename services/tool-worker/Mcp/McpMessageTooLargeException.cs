namespace StreamChat.ToolWorker.Mcp;

/// <summary>
/// A server sent more in one message than is read of it. It is no <see cref="IOException"/>, which the SDK takes for a broken connection
/// and opens that again for itself.
/// </summary>
internal sealed class McpMessageTooLargeException(int maxBytes) : Exception($"A message has more than {maxBytes} bytes.")
{
    /// <summary>How many bytes a message may have.</summary>
    public int MaxBytes => maxBytes;

    /// <summary>Whether the connection ends with it, so that the message cannot be traced to one call.</summary>
    public bool EndsConnection { get; init; }
}
