using System.Text;
using System.Text.Json;
using StreamChat.Load;
using StreamChat.Load.Dialects;

namespace StreamChat.UnitTests.Bench;

public sealed class LoadPartsTests
{
    [Theory]
    [InlineData("", "", false)]
    [InlineData("1@1700000000000001 ", "1@1700000000000001", false)]
    [InlineData("1@10 2@20 3@30 ", "1@10,2@20,3@30", false)]
    [InlineData("1@10 2@20", "1@10", true)]
    [InlineData("1@10  2@20 ", "1@10", true)]
    [InlineData("1@10x ", "", true)]
    [InlineData("1@ ", "", true)]
    [InlineData("@10 ", "", true)]
    [InlineData("1:10 ", "", true)]
    [InlineData("12 ", "", true)]
    [InlineData("hello ", "", true)]
    public void Tokens_are_read_one_by_one(string delta, string tokens, bool malformed)
    {
        var reader = new TokenReader(Encoding.UTF8.GetBytes(delta));
        List<string> read = [];
        while (reader.Read())
        {
            read.Add($"{reader.Index}@{reader.EmittedMicroseconds}");
        }

        Assert.Equal((tokens, malformed), (string.Join(',', read), reader.IsMalformed));
    }

    [Theory]
    [InlineData("1 2 3 4 5", 0, 0, 0, 0)]
    [InlineData("1 2 4 5", 1, 0, 0, 0)]
    [InlineData("1 2 3", 2, 0, 0, 0)]
    [InlineData("", 5, 0, 0, 0)]
    [InlineData("1 2 2 3 4 5 5", 0, 2, 0, 0)]
    [InlineData("1 3 2 4 5", 0, 0, 1, 0)]
    [InlineData("5 4 3 2 1", 0, 0, 4, 0)]
    [InlineData("2 3 4 5 1", 0, 0, 1, 0)]
    [InlineData("0 1 2 3 4 5 6 -1", 0, 0, 0, 3)]
    [InlineData("1 3 2 3 5", 1, 1, 1, 0)]
    public void Loss_repetition_and_order_are_told_apart(string received, int lost, int duplicated, int outOfOrder, int unexpected)
    {
        var check = new SequenceCheck(5);
        foreach (var index in received.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            check.Add(int.Parse(index, provider: null));
        }

        Assert.Equal((lost, duplicated, outOfOrder, unexpected), (check.Lost, check.Duplicated, check.OutOfOrder, check.Unexpected));
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(99, 99)]
    [InlineData(99.5, 100)]
    [InlineData(100, 100)]
    [InlineData(0.1, 1)]
    public void A_percentile_is_the_nearest_rank(double percent, long expected)
    {
        long[] sorted = [.. Enumerable.Range(1, 100)];
        Assert.Equal(expected, Recorder.Percentile(sorted, percent));
        Assert.Equal(7, Recorder.Percentile([7], percent));
        Assert.Equal(0, Recorder.Percentile([], percent));
    }

    [Fact]
    public void A_distribution_is_over_all_recorders_in_milliseconds()
    {
        var first = new Recorder(3);
        first.Add(3000);
        first.Add(1000);
        var second = new Recorder(1);
        second.Add(2500);
        Assert.Equal(new Distribution(2.5, 3, 3), Recorder.Merge([first, second, new Recorder(5)]));
    }

    [Theory]
    [InlineData("""{"type":"TEXT_MESSAGE_CONTENT","runId":"r","seq":3,"delta":"1@2 "}""", nameof(FrameKind.Content), "1@2 ", "")]
    [InlineData("""{"delta":"1\u00402 ","x":{"type":"no","delta":[1]},"type":"TEXT_MESSAGE_CONTENT","runId":"r"}""", nameof(FrameKind.Content), "1@2 ", "")]
    [InlineData("""{"type":"TEXT_MESSAGE_CONTENT","runId":"s","delta":"1@2 "}""", nameof(FrameKind.Other), "1@2 ", "")]
    [InlineData("""{"type":"RUN_FINISHED","runId":"r"}""", nameof(FrameKind.Finished), "", "")]
    [InlineData("""{"type":"RUN_FINISHED","runId":"s"}""", nameof(FrameKind.Other), "", "")]
    [InlineData("""{"type":"RUN_ERROR","runId":"r","code":"internal"}""", nameof(FrameKind.Failed), "", "internal")]
    [InlineData("""{"type":"error","code":"busy","runId":"r"}""", nameof(FrameKind.Failed), "", "busy")]
    [InlineData("""{"type":"error","code":"busy","runId":"s"}""", nameof(FrameKind.Other), "", "busy")]
    [InlineData("""{"type":"error","code":"invalid_json"}""", nameof(FrameKind.Failed), "", "invalid_json")]
    [InlineData("""{"type":"welcome","connectionId":"g.1"}""", nameof(FrameKind.Welcome), "", "")]
    [InlineData("""{"type":null,"runId":null}""", nameof(FrameKind.Other), "", "")]
    public void A_frame_is_told_by_its_type_and_run(string json, string kind, string delta, string code)
    {
        var frame = LoadDialects.ByName["native"].Read(Encoding.UTF8.GetBytes(json), "r"u8);
        Assert.Equal((kind, delta, code), (frame.Kind.ToString(), Encoding.UTF8.GetString(frame.Text), Encoding.UTF8.GetString(frame.Code)));
    }

    [Fact]
    public void A_frame_that_is_no_json_is_an_error() =>
        Assert.ThrowsAny<JsonException>(() => _ = LoadDialects.ByName["native"].Read("{\"type\":"u8, "r"u8).Kind);

    [Fact]
    public void Process_files_are_read_whatever_the_name_of_the_process()
    {
        const string Stat = "42 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 10 0 100 1000 200";
        Assert.Equal(3.0, ProcessUsage.ParseCpuSeconds(Stat));
        Assert.Equal(1.5, ProcessUsage.ParseMegabytes(["Name:\tx", "VmHWM:\t    1536 kB", "VmRSS:\t 10 kB"], "VmHWM:"));
        Assert.Equal(0, ProcessUsage.ParseMegabytes(["Name:\tzombie"], "VmHWM:"));
        Assert.Null(ProcessUsage.Read(int.MaxValue));
    }

    [Fact]
    public void Options_are_read()
    {
        Assert.True(LoadOptions.TryParse(
            ["--url", "ws://h:1/ws/v1", "--pid", "1", "2", "--connections", "3", "--streams", "2", "--duration", "9m", "--tokens", "4", "--rate", "5", "--ramp", "6s", "--timeout", "7", "--pid", "8",
                "--runs", "9", "--ping", "10s", "--slow", "11", "--slow-rate", "12", "--slow-tokens", "13", "--slow-pace", "14", "--dialect", "native", "--client", "dotnet"],
            out var options,
            out _));
        Assert.Equal([1, 2, 8], options.Pids);
        Assert.Equal(
            new LoadOptions
            {
                Url = new Uri("ws://h:1/ws/v1"),
                Connections = 3,
                Streams = 2,
                Duration = TimeSpan.FromMinutes(9),
                Tokens = 4,
                Rate = 5,
                Ramp = TimeSpan.FromSeconds(6),
                Timeout = TimeSpan.FromSeconds(7),
                Pids = options.Pids,
                Runs = 9,
                Ping = TimeSpan.FromSeconds(10),
                Slow = 11,
                SlowRate = 12,
                SlowTokens = 13,
                SlowPace = 14,
                UsesClient = true,
            },
            options);
        Assert.Equal("/load 13 14", options.SlowPrompt);
        Assert.Equal("/load 4 5", options.Prompt);
    }

    [Fact]
    public void Options_have_the_defaults_that_the_usage_names()
    {
        Assert.True(LoadOptions.TryParse(["--url", "ws://h/"], out var options, out _));
        Assert.Equal(new LoadOptions { Url = new Uri("ws://h/"), Pids = options.Pids }, options);
        Assert.Equal(
            (100, 200, 0, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(60)),
            (options.Connections, options.Tokens, options.Rate, options.Ramp, options.Timeout));
        Assert.Equal(
            (1, TimeSpan.FromSeconds(30), 0, 1024, 100_000, 0),
            (options.Runs, options.Ping, options.Slow, options.SlowRate, options.SlowTokens, options.SlowPace));
        Assert.Same(LoadDialects.ByName["native"], options.Dialect);
        Assert.Equal("/load 200", options.Prompt);
    }

    [Theory]
    [InlineData("--tokens 5", "--url is missing")]
    [InlineData("--url http://h/", "Not understood: --url http://h/")]
    [InlineData("--url ws://h/ --tokens 0", "Not understood: --tokens 0")]
    [InlineData("--url ws://h/ --tokens", "Not understood: --tokens")]
    [InlineData("--url ws://h/ --rate -1", "Not understood: --rate -1")]
    [InlineData("--url ws://h/ --ramp 5", "Not understood: --ramp 5")]
    [InlineData("--url ws://h/ --pid x", "Not understood: --pid x")]
    [InlineData("--url ws://h/ --connections 5 --streams 6", "--streams cannot be more than --connections")]
    [InlineData("--url ws://h/ --dialect klingon", "Not understood: --dialect klingon")]
    [InlineData("--url ws://h/ --slow 1 --dialect session", "--slow, --cancel-after and --client dotnet need the native dialect")]
    [InlineData("--url ws://h/ --client dotnet --dialect session", "--slow, --cancel-after and --client dotnet need the native dialect")]
    [InlineData("--url ws://h/ --client java", "Not understood: --client java")]
    [InlineData("--url ws://h/ --what 1", "Not understood: --what 1")]
    public void Wrong_options_are_named(string args, string expected)
    {
        Assert.False(LoadOptions.TryParse(args.Split(' '), out _, out var problem));
        Assert.Equal(expected, problem);
    }
}
