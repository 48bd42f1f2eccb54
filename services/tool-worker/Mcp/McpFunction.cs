using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>A server's tool as it is called here: with progress, with the result as JSON, and with an end when the server goes away.</summary>
internal sealed class McpFunction(McpSession session, McpClientTool tool) : DelegatingAIFunction(tool)
{
    private const int MaxErrorChars = 1000;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        using var call = session.Enter();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Lost);
        try
        {
            // given up, the call is cancelled at the server too
            var result = await tool.CallAsync(arguments, new Progress(ToolCallContext.Of(arguments)), cancellationToken: ended.Token);
            return McpResults.ToJson(result);
        }
        catch (McpProtocolException e)
        {
            throw new ToolException($"The tool's server refused the call: {McpResults.Shorten(e.Message, MaxErrorChars)}");
        }
        catch (Exception e) when (e is not ToolException && !cancellationToken.IsCancellationRequested)
        {
            session.Doubt();
            throw new ToolException("The tool's server went away before it answered.");
        }
    }

    private sealed class Progress(ToolCallContext context) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => context.Report(value.Progress, value.Total, value.Message);
    }
}
