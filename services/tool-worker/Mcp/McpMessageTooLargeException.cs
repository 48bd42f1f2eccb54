namespace StreamChat.ToolWorker.Mcp;

/// <summary>
/// A server sent more in one message than is read of it. It is no <see cref="IOException"/>, which the SDK takes for a broken connection
/// and opens that again for itself.
/// </summary>
internal sealed class McpMessageTooLargeException(int maxBytes) : Exception($"A message has more than {maxBytes} bytes.")
{
    public int MaxBytes => maxBytes;
}
