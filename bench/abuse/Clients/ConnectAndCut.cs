using StreamChat.Abuse.Network;

namespace StreamChat.Abuse.Clients;

/// <summary>A client that resets its connection: before the handshake, in it, after it, or with a request under way.</summary>
internal static class ConnectAndCut
{
    private const int Stages = 4;

    public static async Task RoundAsync(BadClientContext context, CancellationToken cancellationToken)
    {
        var client = await context.ConnectAsync(cancellationToken);
        try
        {
            var stage = context.Random.Next(Stages);
            if (stage == 1)
            {
                var handshake = RawClient.Handshake(context.Server, context.NativePath());
                await client.SendAsync(handshake.AsMemory(0, context.Random.Next(1, handshake.Length)), cancellationToken);
            }
            else if (stage > 1)
            {
                if (await client.OpenAsync(context.Server, context.NativePath(), cancellationToken) is var status && status != 101)
                {
                    context.Count($"handshake {status}");
                    return;
                }

                if (stage == 3)
                {
                    await client.SendAsync(RawClient.Frame($$"""{"type":"join","threadId":"{{Guid.NewGuid()}}"}"""), cancellationToken);
                    await client.SendAsync(RawClient.Frame("""{"type":"run","messages":[{"role":"user","content":"Hello"}]}"""), cancellationToken);
                }
            }

            context.Count("cut by the client");
        }
        finally
        {
            client.Reset();
        }
    }
}
