using StreamChat.Hosting.Http;
using Yarp.ReverseProxy.Transforms;

namespace StreamChat.Edge.Proxy;

/// <summary>What a gateway that stops says to the edge, and what no client is to see while another gateway can be asked.</summary>
internal static class DrainingGateway
{
    /// <summary>Whether the gateway that was asked has refused because it stops.</summary>
    public static bool Refused(HttpContext context) => context.Features.Get<Refusal>() is not null;

    /// <summary>Before another gateway is asked.</summary>
    public static void Forget(HttpContext context) => context.Features.Set<Refusal>(null);

    /// <summary>
    /// Takes such a refusal out of the way: its head is not sent, so that the next gateway's can be. Where there is no other gateway, 503
    /// remains, which the edge puts into words of its own.
    /// </summary>
    public static ValueTask KeepToOurselves(ResponseTransformContext context)
    {
        if (context.ProxyResponse?.Headers.Contains(EdgeHeaders.AskElsewhere) == true)
        {
            var http = context.HttpContext;
            http.Features.Set(new Refusal());
            http.Response.Headers.Clear();
            context.SuppressResponseBody = true;
        }

        return ValueTask.CompletedTask;
    }

    private sealed record Refusal;
}
