using System.Diagnostics;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Models;

namespace StreamChat.AgentWorker.Agents;

/// <summary>The span of one model call, by the OpenTelemetry conventions for generative AI. Holds no prompt and no answer.</summary>
internal sealed class ModelSpan : IDisposable
{
    private readonly Activity? _activity;
    private int _asked;

    public ModelSpan(IChatClient model)
    {
        var metadata = model.GetService<ChatClientMetadata>();
        _activity = WorkerTelemetry.Source.StartActivity($"chat {metadata?.DefaultModelId}", ActivityKind.Client);
        _activity?.SetTag("gen_ai.operation.name", "chat");
        _activity?.SetTag("gen_ai.provider.name", metadata?.ProviderName);
        _activity?.SetTag("gen_ai.request.model", metadata?.DefaultModelId);
    }

    /// <summary>A model is asked. Not the first time: the one before could not answer, and the span is that of the last one.</summary>
    public void Asked(Model model)
    {
        if (_activity is null)
        {
            return;
        }

        if (_asked++ > 0)
        {
            _activity.AddEvent(new ActivityEvent("streamchat.model.asked_again", tags: new ActivityTagsCollection { ["gen_ai.request.model"] = model.ModelId }));
        }

        _activity.SetTag("gen_ai.provider.name", model.Provider);
        _activity.SetTag("gen_ai.request.model", model.ModelId);
        _activity.SetTag("streamchat.model.name", model.Name);
    }

    public void Update(ChatResponseUpdate update)
    {
        if (_activity is null)
        {
            return;
        }

        if (update.FinishReason is { } reason)
        {
            _activity.SetTag("gen_ai.response.finish_reasons", new[] { reason.Value });
        }

        if (update.ModelId is { } modelId)
        {
            _activity.SetTag("gen_ai.response.model", modelId);
        }
    }

    public void Usage(UsageDetails usage)
    {
        _activity?.SetTag("gen_ai.usage.input_tokens", usage.InputTokenCount);
        _activity?.SetTag("gen_ai.usage.output_tokens", usage.OutputTokenCount);
    }

    public void Failed(Exception e)
    {
        _activity?.SetStatus(ActivityStatusCode.Error);
        _activity?.SetTag("error.type", e is ModelException { Code: { } code } ? code : e.GetType().FullName);
    }

    public void Dispose() => _activity?.Dispose();
}
