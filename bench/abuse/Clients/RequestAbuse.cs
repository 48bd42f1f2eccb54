using StreamChat.Abuse.Network;

namespace StreamChat.Abuse.Clients;

/// <summary>Clients that send valid requests which cost the server much more than the client.</summary>
internal static class RequestAbuse
{
    private const int AtOnce = 60;
    private const int Characters = 50_000;
    private const int SmallestBuffer = 4 * 1024;

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RandomRound = TimeSpan.FromSeconds(15);
    private static readonly string Long = new('a', Characters);

    public static async Task NeverReadAsync(BadClientContext context, CancellationToken cancellationToken)
    {
        if (await context.OpenAsync(cancellationToken, SmallestBuffer) is not { } client)
        {
            return;
        }

        using (client)
        {
            var run = RawClient.Frame($$"""{"type":"run","messages":[{"role":"user","content":"{{Long}}"}]}""");
            for (var i = 0; i < AtOnce; i++)
            {
                await client.SendAsync(run, cancellationToken);
            }

            await Task.Delay(Hold, cancellationToken);
            context.Count("asked and did not read");
            client.Reset();
        }
    }

    public static async Task RandomAsync(BadClientContext context, CancellationToken cancellationToken)
    {
        if (await context.OpenAsync(cancellationToken) is not { } client)
        {
            return;
        }

        using (client)
        using (var over = new CancellationTokenSource(RandomRound))
        {
            var closed = context.CountCloseAsync(client, cancellationToken);
            for (var i = 0; !closed.IsCompleted && !over.IsCancellationRequested; i++)
            {
                await client.SendAsync(RawClient.Frame(Request(context.Random)), cancellationToken);
                if (i >= AtOnce)
                {
                    await Task.Delay(Pace, cancellationToken);
                }
            }

            if (!closed.IsCompleted)
            {
                await client.SendAsync(RawClient.Frame(RawClient.Close, [0x03, 0xE8]), cancellationToken);
            }

            await closed;
        }
    }

    private static string Request(Random random) => random.Next(4) switch
    {
        0 => $$"""{"type":"join","threadId":"~room/{{Guid.NewGuid()}}"}""",
        1 => $$"""{"type":"cancel","runId":"{{Guid.NewGuid()}}"}""",
        2 => $$"""{"type":"attach","runId":"{{Guid.NewGuid()}}"}""",
        _ => $$"""{"type":"tool_result","runId":"{{Guid.NewGuid()}}","toolCallId":"x","content":"{{Long}}"}""",
    };
}
