using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Models;

/// <summary>
/// A model with those that stand in for it. Until a model has begun to answer it may be asked again, and after it the next one; once
/// anything was said, nothing is said twice: a failure is then the end.
/// </summary>
/// <param name="models">The model to ask and those that stand in for it, in order.</param>
/// <param name="limits">How often, and for how long.</param>
/// <param name="backoff">The pauses in between.</param>
/// <param name="metrics">What is counted.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is said; never what a provider said.</param>
internal sealed partial class ModelChain(
    IReadOnlyList<Model> models, IOptions<ModelOptions> limits, ModelBackoff backoff, ModelMetrics metrics, TimeProvider time, ILogger<ModelChain> logger) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        for (int index = 0, attempt = 1; ;)
        {
            var model = models[index];
            yield return new ChatResponseUpdate { Role = ChatRole.Assistant, Contents = [new ModelAsked(model)] };
            ProviderException? failure = null;
            var begun = false;
            await using (var reply = new ModelReply(model, conversation, options, limits.Value, time, cancellationToken))
            {
                while (true)
                {
                    try
                    {
                        if (!await reply.MoveNextAsync())
                        {
                            yield break;
                        }
                    }
                    catch (ProviderException e)
                    {
                        failure = e;
                        break;
                    }

                    begun = reply.HasBegun;
                    yield return reply.Current;
                }
            }

            metrics.Failed(model.Name, failure.Code);
            if (begun)
            {
                LogBrokeOff(model.Name, failure.Message);
                throw ModelFailures.Of(failure.Code, failure);
            }

            if (failure.IsPassing && attempt < limits.Value.Attempts && backoff.Pause(attempt, failure.RetryAfter) is { } pause)
            {
                LogRetry(model.Name, failure.Message, attempt, pause);
                metrics.Retried(model.Name);
                await Task.Delay(pause, time, cancellationToken);
                attempt++;
            }
            else if (++index < models.Count && failure.Code != RunErrorCodes.ContentFiltered)
            {
                LogFallback(model.Name, failure.Message, models[index].Name);
                metrics.FellBack(model.Name, models[index].Name);
                attempt = 1;
            }
            else
            {
                LogFailed(model.Name, failure.Message);
                throw ModelFailures.Of(failure.Code, failure);
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is null && serviceType == typeof(PrefixContinuation))
        {
            // whichever of them will be asked
            return models.All(m => m.ContinuesPrefix) ? PrefixContinuation.Instance : null;
        }

        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : models[0].Client.GetService(serviceType, serviceKey);
    }

    public void Dispose()
    {
    }

    [LoggerMessage(2700, LogLevel.Information, "Model {Model} did not answer at attempt {Attempt}: {Failure} Asking it again in {Pause}.")]
    private partial void LogRetry(string model, string failure, int attempt, TimeSpan pause);

    [LoggerMessage(2701, LogLevel.Warning, "Model {Model} cannot answer: {Failure} Asking {Next} instead.")]
    private partial void LogFallback(string model, string failure, string next);

    [LoggerMessage(2702, LogLevel.Warning, "Model {Model} cannot answer, nor can any that stands in for it: {Failure}")]
    private partial void LogFailed(string model, string failure);

    [LoggerMessage(2703, LogLevel.Warning, "Model {Model} failed in the middle of its answer: {Failure}")]
    private partial void LogBrokeOff(string model, string failure);
}
