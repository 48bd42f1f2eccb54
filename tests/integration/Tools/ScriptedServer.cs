using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StreamChat.IntegrationTests.Tools;

/// <summary>A real HTTP server that answers as the test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<string> _asked = [];

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>What it does with a request.</summary>
    public Func<HttpContext, Task> Script { get; set; } = context =>
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    };

    /// <summary>Path and query of each request, in order.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        ScriptedServer server = new(app);
        app.Run(async context =>
        {
            lock (server._asked)
            {
                server._asked.Add($"{context.Request.Path}{context.Request.QueryString}");
            }

            await server.Script(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public void Says(string text, int status = 200) => Script = async context =>
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text, context.RequestAborted);
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>Ways in which a service can be broken.</summary>
public enum Fault
{
    TooManyRequests,
    ServerError,
    Forbidden,
    NotFound,
    Silent,
    SilentInTheMiddle,
    CutOff,
    Endless,
    Malformed,
    OfAnotherForm,
    Gone,
}

internal static class Faults
{
    public static async Task ApplyAsync(Fault fault, HttpContext context)
    {
        var response = context.Response;
        switch (fault)
        {
            case Fault.TooManyRequests or Fault.ServerError or Fault.Forbidden or Fault.NotFound:
                response.StatusCode = fault switch { Fault.TooManyRequests => 429, Fault.ServerError => 503, Fault.Forbidden => 403, _ => 404 };
                await response.WriteAsync("secret details");
                break;
            case Fault.Silent:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                break;
            case Fault.SilentInTheMiddle:
                await response.WriteAsync("{\"res");
                await response.Body.FlushAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                break;
            case Fault.CutOff:
                response.ContentLength = 1000;
                await response.WriteAsync("{\"res");
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case Fault.Endless:
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await response.WriteAsync(new string(' ', 10_000), context.RequestAborted);
                }

                break;
            case Fault.Malformed:
                await response.WriteAsync("<<<{");
                break;
            case Fault.OfAnotherForm:
                await response.WriteAsync("""{"results":[{"name":5}],"current":[]}""");
                break;
        }
    }
}
