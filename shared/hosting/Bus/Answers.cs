using MassTransit;

namespace StreamChat.Hosting.Bus;

/// <summary>Answers requests in time.</summary>
public static class Answers
{
    /// <summary>Answers a request with the deadline that every publish has.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="answer">What to say.</param>
    /// <param name="options">Has the deadline.</param>
    /// <param name="time">The clock.</param>
    /// <returns>When the broker has it.</returns>
    /// <exception cref="TimeoutException">Not confirmed within <see cref="BusOptions.PublishTimeout"/>.</exception>
    public static Task AnswerAsync<T>(this ConsumeContext context, T answer, BusOptions options, TimeProvider time)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        return Deadlines.RunAsync(options.PublishTimeout, time, _ => context.RespondAsync(answer), context.CancellationToken);
    }
}
