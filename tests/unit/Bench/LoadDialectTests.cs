using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamChat.Load;
using StreamChat.Load.Dialects;
using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.Bench;

/// <summary>Frames are those of the recorded traces, in which what changes from run to run is replaced by words.</summary>
public sealed class LoadDialectTests
{
    [Theory]
    [InlineData("native", "native/run", "Welcome; Content It is 42.; Finished; Failed invalid_frame; Failed unknown_type; Failed invalid_json; Failed invalid_frame")]
    [InlineData("assistant", "assistant/turn", "Welcome; Content =答案是 579。; Finished =答案是 579。")]
    [InlineData("assistant", "assistant/failure", "Welcome; Content =Half a ; Failed ai_error; Content =Well.; Finished =Well.")]
    [InlineData(
        "aurawell",
        "aurawell/consultation",
        "Welcome; Content 根据您的情况，我建议早睡。; Finished again 根据您的情况，我建议早睡。; Content 你好！; Finished again 你好！")]
    [InlineData(
        "aurawell",
        "aurawell/errors",
        "Welcome; Failed INVALID_JSON; Failed INVALID_MESSAGE; Failed INVALID_MESSAGE; Failed INVALID_MESSAGE; Failed INVALID_MESSAGE; Failed UNKNOWN_TYPE; Failed EMPTY_MESSAGE; Failed MISSING_TARGET; Failed PROCESSING_ERROR")]
    [InlineData("agent-engine", "agent-engine/queries", "Welcome; Content def quick_sort(items):; Finished")]
    [InlineData("agent-engine", "agent-engine/cancel", "Welcome; Content It begins ; Content Served.; Finished")]
    [InlineData(
        "yychat",
        "yychat/conversation",
        "Welcome; Content Hello! I'm doing well.; Content; Finished again Hello! I'm doing well.")]
    [InlineData(
        "session",
        "session/conversation",
        "Content 你好！我是一个智能助手。; Finished; Content 2; Finished; Failed The model could not answer. Please try again.; Failed The message is not JSON.; Content Well.; Finished")]
    public void The_frames_of_a_recorded_conversation_are_understood(string dialect, string trace, string expected)
    {
        var path = Path.Combine(RepositoryLayout.Root, "tests", "integration", "Traces", "Recorded", $"{trace}.trace");
        var frames = File.ReadLines(path).Where(l => l.StartsWith("< ", StringComparison.Ordinal)).Select(l => Encoding.UTF8.GetBytes(l[2..]));
        Assert.Equal(expected, string.Join("; ", frames.Select(f => Describe(LoadDialects.ByName[dialect], f)).Where(d => d.Length > 0)));
    }

    [Fact]
    public void An_error_of_YYChat_is_named_by_its_code() =>
        Assert.Equal(
            "Failed text_processing_failed",
            Describe(
                LoadDialects.ByName["yychat"],
                """{"type":"error","error":{"message":"no","type":"text_processing_error","code":"text_processing_failed"},"timestamp":1}"""u8));

    [Theory]
    [InlineData("native", "ws://h:1/ws/v1?user_id=u", """{"type":"run","runId":"r","threadId":"load-r","messages":[{"role":"user","content":"/load 5"}]}""")]
    [InlineData("assistant", "ws://h:1/ws?user_id=u", """{"type":"chat","content":"/load 5","metadata":{"conversation_id":"load-r"}}""")]
    [InlineData(
        "aurawell",
        "ws://h:1/ws/chat/u",
        """{"type":"general_chat","data":{"message":"/load 5"},"conversation_id":"load-r","active_member_id":"load-r"}""")]
    [InlineData("agent-engine", "ws://h:1/ws/agent?user_id=u", """{"type":"streaming_query","query":"/load 5"}""")]
    [InlineData("yychat", "ws://h:1/ws/chat?user_id=u", """{"type":"text_message","content":"/load 5","conversation_id":"load-r"}""")]
    [InlineData("session", "ws://h:1/ws/chat?user_id=u", """{"query":"/load 5","session_id":"load-r"}""")]
    public void Each_dialect_has_its_address_and_its_request(string name, string address, string request)
    {
        Assert.True(LoadOptions.TryParse(["--url", "ws://h:1", "--dialect", name, "--tokens", "5"], out var options, out _));
        Assert.Equal(address, options.AddressOf("u").AbsoluteUri);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            options.Dialect.WriteRequest(json, "r", options.Prompt);
        }

        Assert.Equal(request, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Theory]
    [InlineData("native", "ws://h/own?a=b", "ws://h/own?a=b&user_id=u")]
    [InlineData("native", "ws://h/?a=b", "ws://h/ws/v1?a=b&user_id=u")]
    [InlineData("aurawell", "ws://h/own/?a=b", "ws://h/own/u?a=b")]
    public void A_path_of_ones_own_goes_before_the_dialects(string name, string url, string address)
    {
        Assert.True(LoadOptions.TryParse(["--url", url, "--dialect", name], out var options, out _));
        Assert.Equal(address, options.AddressOf("u").AbsoluteUri);
    }

    private static string Describe(ILoadDialect dialect, ReadOnlySpan<byte> utf8)
    {
        var frame = dialect.Read(utf8, "$uuid"u8);
        var mark = frame.Form switch { TextForm.Snapshot => "=", TextForm.Repeat => "again ", _ => "" };
        var text = Encoding.UTF8.GetString(frame.Text.IsEmpty ? frame.Code : frame.Text);
        return frame.Kind == FrameKind.Other ? "" : text.Length == 0 ? $"{frame.Kind}" : $"{frame.Kind} {mark}{text}";
    }
}
