using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models;
using StreamChat.Contracts.Events;
using StreamChat.Hosting.Identity;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>Makes the checks that an agent's guardrails are, before its model is asked, and answers what they do not let pass.</summary>
internal sealed partial class InputChecks(
    IServiceProvider services, IOptions<GuardrailOptions> options, GuardrailMetrics metrics, AbandonedWork abandoned, IIdGenerator ids, TimeProvider time, ILogger<InputChecks> logger)
{
    private const int ShownChars = 1000;
    private const int MessagesBefore = 4;
    private const string Kind = "guardrail";

    /// <summary>Makes the checks that the run has not made yet, side by side, and says each; answers the user when one failed.</summary>
    /// <returns>Whether the user has been answered, so that the run is over.</returns>
    /// <exception cref="ModelException">A check could not be made.</exception>
    public async Task<bool> RefusesAsync(Agent agent, AgentTurn turn, CancellationToken cancellationToken)
    {
        var names = agent.InputGuardrails.Where(turn.Checked.Add).ToList();
        if (names.Count == 0)
        {
            return false;
        }

        var input = Input(agent, turn.Task);
        var verdicts = await Task.WhenAll(names.Select(name => CheckAsync(name, input, turn.Task.RunId, cancellationToken)));
        foreach (var (name, verdict) in names.Zip(verdicts))
        {
            metrics.Checked(name, verdict.Passed);
            await SayAsync(name, verdict, input, turn);
        }

        var failed = names.Zip(verdicts).FirstOrDefault(c => !c.Second.Passed);
        if (failed.Second is null)
        {
            return false;
        }

        var messageId = turn.NextMessageId();
        await turn.Writer.BeginTextAsync(messageId);
        await turn.Writer.TextAsync(messageId, failed.Second.Answer is { Length: > 0 } answer ? answer : PoliteRefusal.Of(failed.First, agent.Name, input.Text));
        await turn.Writer.EndTextAsync(messageId);
        turn.Transcript.EndMessage(messageId, toolCalls: null);
        return true;
    }

    private static GuardrailInput Input(Agent agent, AgentTask task) => new()
    {
        Text = task.Messages[^1].Content,
        Agent = agent.Name,
        AgentDescription = agent.Description,
        Before = [.. task.Messages.SkipLast(1).Where(m => m.ToolCallId is null && m.Content.Length > 0).Select(m => m.Content).TakeLast(MessagesBefore)],
    };

    private async Task<GuardrailVerdict> CheckAsync(string name, GuardrailInput input, Guid runId, CancellationToken cancellationToken)
    {
        using var activity = WorkerTelemetry.Source.StartActivity($"guardrail {name}");
        activity?.SetTag("streamchat.run.id", runId);
        using var deadline = new CancellationTokenSource(options.Value.Timeout, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        // on another thread: it may compute for long before it awaits anything
        var token = stopping.Token;
        var check = Task.Run(() => services.GetRequiredKeyedService<IInputGuardrail>(name).CheckAsync(input, token), CancellationToken.None);
        try
        {
            // the shipped ones end by themselves at the same deadline, in the rules' word; one that hears nothing is left alone a little later
            var verdict = await check.WaitAsync(options.Value.Timeout + TimeSpan.FromSeconds(1), time, cancellationToken);
            activity?.SetTag("streamchat.guardrail.passed", verdict.Passed);
            return verdict;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            LogNotChecked(name, runId, e.GetType());
            throw new ModelException(RunErrorCodes.Unavailable, "Your message could not be checked. Please try again.", e);
        }
        finally
        {
            if (!check.IsCompleted)
            {
                abandoned.Leave(Kind, check, () => LogAbandoned(name, runId));
            }
        }
    }

    private async Task SayAsync(string name, GuardrailVerdict verdict, GuardrailInput input, AgentTurn turn)
    {
        var value = JsonSerializer.SerializeToElement(
            new GuardrailValue(ids.NewUuid().ToString("N"), name, Shown(input.Text), verdict.Reasoning, verdict.Passed), GuardrailJson.Default.GuardrailValue);
        await turn.Writer.AppendAsync(seq => new Custom { Seq = seq, Name = CustomEvents.Guardrail, Value = value });
    }

    private static string Shown(string text) => text.Length <= ShownChars ? text : $"{BoundedText.Start(text, ShownChars)}…";

    [LoggerMessage(2771, LogLevel.Error, "Guardrail {Guardrail} could not check the message of run {RunId}: {ExceptionType}.")]
    private partial void LogNotChecked(string guardrail, Guid runId, Type exceptionType);

    [LoggerMessage(2952, LogLevel.Warning, "Guardrail {Guardrail} did not stop in run {RunId} and was abandoned. It may hold a thread until it returns.")]
    private partial void LogAbandoned(string guardrail, Guid runId);
}
