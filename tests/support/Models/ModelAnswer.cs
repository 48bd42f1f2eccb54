using System.Text;
using Microsoft.AspNetCore.Http;

namespace StreamChat.TestSupport.Models;

/// <summary>An answer of a model server while it is written.</summary>
public sealed class ModelAnswer(HttpContext context)
{
    /// <summary>Fires when whoever asked has gone.</summary>
    public CancellationToken Gone => context.RequestAborted;

    /// <summary>The whole answer at once.</summary>
    public Task StatusAsync(int status, string body, params (string Name, string Value)[] headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return context.Response.WriteAsync(body, Gone);
    }

    /// <summary>One event of a stream, sent at once.</summary>
    public async Task EventAsync(string data, string? type = null)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{(type is null ? "" : $"event: {type}\n")}data: {data}\n\n"), Gone);
        await context.Response.Body.FlushAsync(Gone);
    }

    /// <summary>Says no more until whoever asked has gone.</summary>
    public Task StallAsync() => Task.Delay(Timeout.Infinite, Gone);

    /// <summary>Waits for something, or until whoever asked has gone.</summary>
    public Task WaitAsync(Task until)
    {
        ArgumentNullException.ThrowIfNull(until);
        return until.WaitAsync(Gone);
    }

    /// <summary>
    /// Has the connection break off where the script ends, with all that was said before on its way. To be called first: more is
    /// promised than will come, which is as a server dies, but for the luck of what is in flight.
    /// </summary>
    public void WillBreakOff() => context.Response.ContentLength = 1024 * 1024;
}
