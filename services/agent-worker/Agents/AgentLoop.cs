using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents;

/// <summary>A limit of the run was reached; the message is for the user.</summary>
internal sealed class RunLimitException(string message) : Exception(message);

/// <summary>The model failed; the message is for the user, the inner exception for the log.</summary>
internal sealed class ModelException(string message, Exception inner) : Exception(message, inner);

/// <summary>What the loop needs to know of a run.</summary>
internal sealed record AgentTask
{
    public required Guid RunId { get; init; }

    public required string ThreadId { get; init; }

    public required string UserId { get; init; }

    /// <summary>The conversation with the new message at its end.</summary>
    public required IReadOnlyList<StoredMessage> Messages { get; init; }
}

/// <summary>
/// The agent at work: streams the model, hands its tool calls to the tool-workers side by side, goes back to the model with their
/// results, until the model calls no more.
/// </summary>
internal sealed class AgentLoop(
    IChatClient model, ToolCatalog catalog, IToolCaller tools, IOptions<AgentOptions> agent, IOptions<RunOptions> limits, RunMetrics metrics)
{
    public async Task RunAsync(AgentTask task, RunWriter writer, RunTranscript transcript, CancellationToken cancellationToken)
    {
        var name = agent.Value.Name;
        using var activity = WorkerTelemetry.Source.StartActivity($"invoke_agent {name}");
        activity?.SetTag("gen_ai.operation.name", "invoke_agent");
        activity?.SetTag("gen_ai.agent.name", name);
        activity?.SetTag("gen_ai.conversation.id", task.ThreadId);
        activity?.SetTag("streamchat.run.id", task.RunId);

        await writer.AppendAsync(seq => new StepStarted { Seq = seq, StepName = name });
        await catalog.WaitAtStartAsync(cancellationToken);
        List<ChatMessage> messages = [new(ChatRole.System, agent.Value.Instructions), .. Conversation.ToModel(task.Messages)];
        for (var round = 0; ; round++)
        {
            var messageId = $"{task.RunId:N}-{round + 1}";
            var calls = await StreamAsync(messages, messageId, writer, cancellationToken);
            transcript.EndMessage(messageId, Conversation.ToStored(calls));
            if (calls.Count == 0)
            {
                break;
            }

            if (round >= limits.Value.ToolRounds)
            {
                throw new RunLimitException($"The answer needed more than {limits.Value.ToolRounds} rounds of tool calls.");
            }

            messages.AddRange(await CallToolsAsync(task, calls, writer, transcript, cancellationToken));
        }

        await writer.AppendAsync(seq => new StepFinished { Seq = seq, StepName = name });
    }

    private async Task<List<FunctionCallContent>> StreamAsync(
        List<ChatMessage> messages, string messageId, RunWriter writer, CancellationToken cancellationToken)
    {
        using var span = new ModelSpan(model);
        var options = new ChatOptions { Tools = catalog.Current().Declarations };
        List<FunctionCallContent> calls = [];
        StringBuilder said = new();
        var started = metrics.Now;
        try
        {
            await foreach (var update in model.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                foreach (var content in update.Contents)
                {
                    switch (content)
                    {
                        case TextContent { Text.Length: > 0 } delta:
                            if (said.Length == 0)
                            {
                                metrics.FirstToken(started);
                                await writer.BeginTextAsync(messageId);
                            }

                            said.Append(delta.Text);
                            await writer.TextAsync(messageId, delta.Text);
                            break;
                        case FunctionCallContent call when calls.Count >= limits.Value.ToolCalls:
                            throw new RunLimitException($"The model called more than {limits.Value.ToolCalls} tools at once, {call.Name} among them.");
                        case FunctionCallContent call:
                            calls.Add(call);
                            break;
                        case UsageContent usage:
                            span.Usage(usage.Details);
                            break;
                    }
                }

                span.Update(update);
            }
        }
        catch (Exception e) when (e is not RunLimitException && !cancellationToken.IsCancellationRequested)
        {
            span.Failed(e);
            throw new ModelException("The model could not answer. Please try again.", e);
        }

        if (said.Length > 0)
        {
            await writer.EndTextAsync(messageId);
        }

        messages.Add(new ChatMessage(ChatRole.Assistant, [.. said.Length > 0 ? [new TextContent(said.ToString())] : Array.Empty<AIContent>(), .. calls]));
        foreach (var call in calls)
        {
            await AnnounceAsync(call, said.Length > 0 ? messageId : null, writer);
        }

        return calls;
    }

    private static async Task AnnounceAsync(FunctionCallContent call, string? messageId, RunWriter writer)
    {
        var arguments = ToolArguments.ToJson(call).GetRawText();
        await writer.AppendAsync(seq => new ToolCallStart { Seq = seq, ToolCallId = call.CallId, ToolCallName = call.Name, ParentMessageId = messageId });
        await writer.AppendAsync(seq => new ToolCallArgs { Seq = seq, ToolCallId = call.CallId, Delta = arguments });
        await writer.AppendAsync(seq => new ToolCallEnd { Seq = seq, ToolCallId = call.CallId });
    }

    private async Task<IReadOnlyList<ChatMessage>> CallToolsAsync(
        AgentTask task, List<FunctionCallContent> calls, RunWriter writer, RunTranscript transcript, CancellationToken cancellationToken)
    {
        // each result is said when it is there; the model gets them in the order of its calls
        var outcomes = await Task.WhenAll(calls.Select(async call =>
        {
            var outcome = await tools.CallAsync(task.RunId, task.ThreadId, task.UserId, call, cancellationToken);
            await writer.AppendAsync(seq => new ToolCallResult
            {
                Seq = seq,
                MessageId = ResultId(task, call),
                ToolCallId = call.CallId,
                Content = outcome.Text,
                Role = "tool",
                IsError = outcome.Error is not null,
            });
            return outcome;
        }));
        List<ChatMessage> results = [];
        foreach (var (call, outcome) in calls.Zip(outcomes))
        {
            transcript.Add(new StoredMessage { MessageId = ResultId(task, call), Role = "tool", Content = outcome.Text, ToolCallId = call.CallId });
            var result = outcome.Error is { } error ? new FunctionResultContent(call.CallId, $"Error: {error}") : new FunctionResultContent(call.CallId, outcome.Value);
            results.Add(new ChatMessage(ChatRole.Tool, [result]));
        }

        return results;
    }

    private static string ResultId(AgentTask task, FunctionCallContent call) => $"{task.RunId:N}-{call.CallId}";
}
