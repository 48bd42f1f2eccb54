using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>Why a server is not there, in words that hold nothing of what it wrote or was configured with.</summary>
internal static class McpFaults
{
    public static string Describe(Exception exception) => exception switch
    {
        TimeoutException => "it did not answer in time",
        OperationCanceledException => "it did not answer in time",
        McpMessageTooLargeException large => $"it sent a message of more than {large.MaxBytes} bytes (Mcp:MaxMessageBytes)",
        ClientTransportClosedException closed => Describe(closed.Details),
        McpProtocolException refused => $"it refused with error {(int)refused.ErrorCode}",
        HttpRequestException { StatusCode: { } status } => $"it answered with HTTP {(int)status}",
        HttpRequestException http => $"it cannot be reached ({http.HttpRequestError})",
        Win32Exception started => $"its program could not be started (error {started.NativeErrorCode})",
        { InnerException: { } inner } => Describe(inner),
        _ => $"of a {exception.GetType().Name}",
    };

    public static string Describe(ClientCompletionDetails details) => details switch
    {
        StdioClientCompletionDetails { ExitCode: { } code } => $"its process ended with code {code}",
        HttpClientCompletionDetails { HttpStatusCode: { } status } => $"it answered with HTTP {(int)status}",
        { Exception: { } exception and not ClientTransportClosedException } => Describe(exception),
        _ => "it closed the connection",
    };
}
