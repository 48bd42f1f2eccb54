using System.Text.Json;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>A server's tool as it is called here: with progress, with the result as JSON, and with an end when the server goes away.</summary>
internal sealed class McpFunction(McpSession session, McpClientTool tool, bool safeToRepeat) : DelegatingAIFunction(tool)
{
    private const int MaxErrorChars = 1000;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Lost);
        try
        {
            return McpResults.ToJson(await session.CallAsync(tool.ProtocolTool.Name, ToJson(arguments), ToolCallContext.Of(arguments), ended.Token));
        }
        catch (McpProtocolException e)
        {
            throw new ToolException($"The tool's server refused the call: {McpResults.Shorten(e.Message, MaxErrorChars)}");
        }
        catch (Exception e) when (IsTooLarge(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException("The tool's server sent an answer that is too large.");
        }
        catch (Exception e) when (e is not ToolException && !cancellationToken.IsCancellationRequested)
        {
            session.Doubt();
            throw new ToolException(
                safeToRepeat ? "The tool's server went away before it answered." : "The tool's server went away before it answered. It is not known whether the call took effect.");
        }
    }

    private static bool IsTooLarge(Exception? exception) =>
        exception is not null && (exception is McpMessageTooLargeException { EndsConnection: false } || IsTooLarge(exception.InnerException));

    private static Dictionary<string, JsonElement> ToJson(AIFunctionArguments arguments) =>
        arguments.ToDictionary(a => a.Key, a => a.Value is JsonElement json ? json : JsonSerializer.SerializeToElement(a.Value, McpJsonUtilities.DefaultOptions));
}
