using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Threads;
using StreamChat.Hosting.Bus;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Threads;

/// <summary>Answers what gateways ask about users' threads: always, also when the store cannot be reached.</summary>
internal sealed partial class ThreadConsumer(IThreadStore store, IOptions<BusOptions> options, TimeProvider time, ILogger<ThreadConsumer> logger)
    : IConsumer<ListThreads>, IConsumer<ReadThread>, IConsumer<ChangeThread>, IConsumer<DeleteThread>, IConsumer<ListThreadRuns>
{
    public Task Consume(ConsumeContext<ListThreads> context) => AnswerAsync(
        context,
        ThreadRules.Check(context.Message),
        token => store.ListAsync(context.Message, token),
        status => new ThreadList { Status = status, Threads = [] });

    public Task Consume(ConsumeContext<ReadThread> context) => AnswerAsync(
        context,
        ThreadRules.Check(context.Message),
        token => store.ReadAsync(context.Message, token),
        status => new ThreadPage { Status = status });

    public Task Consume(ConsumeContext<ChangeThread> context) => AnswerAsync(
        context,
        ThreadRules.Check(context.Message),
        token => store.ChangeAsync(context.Message, token),
        status => new ThreadAnswer { Status = status });

    public Task Consume(ConsumeContext<DeleteThread> context) => AnswerAsync(
        context,
        ThreadStatus.Ok,
        token => store.DeleteAsync(context.Message, token),
        status => new ThreadAnswer { Status = status });

    public Task Consume(ConsumeContext<ListThreadRuns> context) => AnswerAsync(
        context,
        ThreadStatus.Ok,
        token => store.ListRunsAsync(context.Message, token),
        status => new ThreadRuns { Status = status, Runs = [] });

    private async Task AnswerAsync<T>(
        ConsumeContext context, ThreadStatus check, Func<CancellationToken, Task<T>> work, Func<ThreadStatus, T> refuse)
        where T : class
    {
        T answer;
        try
        {
            answer = check == ThreadStatus.Ok ? await work(context.CancellationToken) : refuse(check);
        }
        catch (StoreUnavailableException e)
        {
            LogUnavailable(e);
            answer = refuse(ThreadStatus.Unavailable);
        }

        await context.AnswerAsync(answer, options.Value, time);
    }

    [LoggerMessage(2801, LogLevel.Warning, "A request about threads is refused: the store is unavailable.")]
    private partial void LogUnavailable(Exception exception);
}
