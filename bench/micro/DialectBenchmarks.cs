using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.Gateway;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Bench;

/// <summary>One answer, a word at a time, as frames of each dialect that is registered.</summary>
public class DialectBenchmarks
{
    private static readonly Guid Run = Answers.RunId(0);

    private static readonly ServiceProvider Services = new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IIdGenerator, SystemIdGenerator>()
        .AddGateway()
        .BuildServiceProvider();

    private readonly OutboundFrames _frames = new();
    private readonly RunText[] _words = [.. Enumerable.Range(0, Answers.Words).Select(word => RunText.Of(Run, 1, Answers.Text(0, word)))];
    private IDialect _dialect = null!;
    private RunRequest _request = null!;

    [Params("native", "assistant", "aurawell", "agent-engine", "yychat", "session")]
    public string Dialect { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var (path, question) = Dialect switch
        {
            "native" => ("/ws/v1", """{"type":"run","messages":[{"role":"user","content":"hi"}]}"""),
            "assistant" => ("/ws", """{"type":"chat","content":"hi"}"""),
            "aurawell" => ("/ws/chat/{user_id}", """{"type":"health_chat","data":{"message":"hi"}}"""),
            "agent-engine" => ("/ws/agent", """{"type":"streaming_query","query":"hi"}"""),
            "yychat" => ("/ws/chat", """{"type":"text_message","content":"hi"}"""),
            "session" => ("/ws/chat", """{"query":"hi","session_id":"s"}"""),
            _ => throw new ArgumentOutOfRangeException(Dialect),
        };
        _dialect = Services.GetServices<DialectRoute>().Single(route => route.Path == path).Dialect;
        _request = (RunRequest)NewSession().Parse(Encoding.UTF8.GetBytes(question));
    }

    [Benchmark(Description = "dialect: text to frames", OperationsPerInvoke = Answers.Words)]
    public int Encode()
    {
        var session = NewSession();
        session.Encode(new RunOpened(Run, "t", null, _request), default, _frames);
        _frames.Clear();
        var bytes = 0;
        foreach (var word in _words)
        {
            session.EncodeText(word, default, _frames);
            bytes += _frames.Length;
            _frames.Clear();
        }

        return bytes > 0 ? bytes : throw new InvalidOperationException("Nothing was said.");
    }

    private IDialectSession NewSession() =>
        _dialect.NewSession(new SessionStart("g.1", "ada", new Dictionary<string, string>(), new SystemIdGenerator(TimeProvider.System)));
}
