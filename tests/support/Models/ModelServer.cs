using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StreamChat.TestSupport.Models;

/// <summary>What a model server was asked.</summary>
/// <param name="Path">Path of the request.</param>
/// <param name="Key">The key that came with it, however that provider wants it.</param>
/// <param name="Body">Its body.</param>
public sealed record ModelQuestion(string Path, string? Key, JsonElement Body)
{
    /// <summary>The model that was asked.</summary>
    public string Model => Body.GetProperty("model").GetString()!;
}

/// <summary>
/// A model's provider over real HTTP, on a port of its own: answers each request as the next script says, the last one again and
/// again. What it answers with is up to <see cref="OpenAIScripts"/> and <see cref="AnthropicScripts"/>.
/// </summary>
public sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ModelQuestion> _questions = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<ModelScript>> _scripts = new(StringComparer.Ordinal);
    private int _gone;

    private ModelServer(WebApplication app) => _app = app;

    /// <summary>Where it is, without a path.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>All requests so far, in order.</summary>
    public IReadOnlyList<ModelQuestion> Questions => [.. _questions];

    /// <summary>How many requests were given up by whoever asked.</summary>
    public int Gone => Volatile.Read(ref _gone);

    /// <summary>Starts one.</summary>
    /// <param name="scripts">What it answers, one request after the other.</param>
    public static async Task<ModelServer> StartAsync(params ModelScript[] scripts)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ModelServer(app);
        server.Script("", scripts);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>What requests for one model get instead of what the others get.</summary>
    public void Script(string model, params ModelScript[] scripts) => _scripts[model] = new ConcurrentQueue<ModelScript>(scripts);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await _app.StopAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // a script that waits for ever was still waiting
        }

        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var authorization = context.Request.Headers.Authorization.ToString();
        var key = context.Request.Headers["x-api-key"].ToString() is { Length: > 0 } given ? given : authorization.Replace("Bearer ", "", StringComparison.Ordinal);
        var question = new ModelQuestion(context.Request.Path, key, body.RootElement.Clone());
        _questions.Enqueue(question);
        try
        {
            await Next(question.Model)(new ModelAnswer(context));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref _gone);
        }
    }

    private ModelScript Next(string model)
    {
        var scripts = _scripts.GetValueOrDefault(model) ?? _scripts[""];
        lock (scripts)
        {
            return scripts.Count > 1 && scripts.TryDequeue(out var next) ? next : scripts.TryPeek(out var last) ? last : throw new InvalidOperationException($"No script for {model}.");
        }
    }
}

/// <summary>One answer of a model server.</summary>
/// <param name="answer">Where it is written.</param>
public delegate Task ModelScript(ModelAnswer answer);
