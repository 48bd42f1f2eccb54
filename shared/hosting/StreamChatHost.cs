using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Connections;
using StreamChat.Hosting.Http;
using StreamChat.Hosting.Identity;
using StreamChat.Hosting.Logging;
using StreamChat.Hosting.Options;
using StreamChat.Hosting.Telemetry;
using StreamChat.Hosting.Work;

namespace StreamChat.Hosting;

/// <summary>What every <c>Program.cs</c> begins and ends with.</summary>
public static class StreamChatHost
{
    /// <summary><c>EX_CONFIG</c>.</summary>
    private const int ConfigurationError = 78;

    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
        ["Logging:LogLevel:Yarp"] = "Warning",

        // it logs messages of exceptions, which may quote what a model passed; the tool-worker logs which tool failed
        ["Logging:LogLevel:Microsoft.SemanticKernel.KernelFunction"] = "None",

        // a failed probe is its caller's news, every second or two
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Critical",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "HH:mm:ss.fff ",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
    };

    /// <summary>
    /// A web application with configuration, logging, telemetry, clock and ids. Listens on <c>HOST</c> and <c>PORT</c> when given,
    /// unless <c>ASPNETCORE_URLS</c> or <c>--urls</c> says otherwise.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="serviceName">Name in telemetry, for example <c>streamchat-gateway</c>.</param>
    /// <param name="defaultPort">The port when none is configured.</param>
    /// <returns>The builder.</returns>
    public static WebApplicationBuilder CreateBuilder(string[] args, string serviceName, int defaultPort)
    {
        RegexTimeout.Install();
        var builder = WebApplication.CreateBuilder(args);
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        if (string.IsNullOrEmpty(builder.Configuration["URLS"]) && string.IsNullOrEmpty(builder.Configuration["HTTP_PORTS"]))
        {
            var host = builder.Configuration["HOST"] is { Length: > 0 } h ? h : "localhost";
            var port = builder.Configuration["PORT"] is { Length: > 0 } p ? p : defaultPort.ToString(provider: null);
            builder.Configuration["URLS"] = $"http://{host}:{port}";
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // bodies are small; one that trickles in holds its request no longer than this allows
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        });

        // HostNames decides about AllowedHosts
        builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["*"]);
        builder.Services.AddSingleton<Listeners>();

        builder.WebHost.UseSockets(sockets =>
        {
            // what is written is sent by the thread that writes it: no frame waits for another one to wake
            sockets.UnsafePreferInlineScheduling = true;
            sockets.CreateBoundListenSocket = SocketBuffers.CreateListenSocket;
        });
        builder.AddConnectionGate();
        builder.Services.AddSingleton<DefaultHttpContextFactory>();
        builder.Services.AddSingleton<IHttpContextFactory, RequestContextFactory>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<IIdGenerator, SystemIdGenerator>();
        builder.AddStreamChatTelemetry(serviceName);
        builder.Services.AddBoundedLogging();
        return builder;
    }

    /// <summary>
    /// Runs the command that the command line names, or serves until the process is stopped. A configuration error is printed in words,
    /// without a stack trace and without the value, which may be a secret.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="build">Builds the application.</param>
    /// <param name="commands">What the service does instead of serving when the command line names it.</param>
    /// <returns>
    /// The process's exit code: 0, 64 (<c>EX_USAGE</c>) for a word on the command line that is no command, 78 (<c>EX_CONFIG</c>) for wrong
    /// configuration or too small a limit of file descriptors, or 1 for an address in use.
    /// </returns>
    public static async Task<int> RunAsync(string[] args, Func<WebApplication> build, params IReadOnlyList<HostCommand> commands)
    {
        ArgumentNullException.ThrowIfNull(build);
        if (HostCommand.TryRun(args, commands, Console.Out, Console.Error) is { } exitCode)
        {
            return exitCode;
        }

        if (Descriptors.Read().Limit is { } limit and < ConnectionBudget.SmallestLimit)
        {
            await Console.Error.WriteLineAsync(
                $"This process may open {limit} file descriptors and needs at least {ConnectionBudget.SmallestLimit}. Raise the limit (ulimit -n, LimitNOFILE) and start it again.");
            return ConfigurationError;
        }

        try
        {
            await using var app = build();
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException e)
        {
            await Console.Error.WriteLineAsync("The configuration is wrong:");
            foreach (var failure in e.Failures)
            {
                await Console.Error.WriteLineAsync($"  {failure}");
            }

            return ConfigurationError;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{e.Message} HOST and PORT choose another address.");
            return 1;
        }
        catch (InvalidOperationException e) when (ValidatedOptions.DescribeBindingFailure(e) is { } failure)
        {
            // a section that a library reads itself, such as Kestrel or Logging
            await Console.Error.WriteLineAsync($"The configuration is wrong:\n  {failure}");
            return ConfigurationError;
        }
    }
}
