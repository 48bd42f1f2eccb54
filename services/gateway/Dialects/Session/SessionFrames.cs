namespace StreamChat.Gateway.Dialects.Session;

/// <summary>Writes the frames that a client of the session protocol gets.</summary>
internal static class SessionFrames
{
    public static void Content(string text, IFrameOutput output) => Write("content"u8, "content"u8, text, output);

    /// <summary>The text so far is to be dropped.</summary>
    public static void Clear(IFrameOutput output) => FrameJson.End(FrameJson.Begin(output, "clear"u8), output);

    public static void Done(IFrameOutput output) => FrameJson.End(FrameJson.Begin(output, "done"u8), output);

    public static void Error(string message, IFrameOutput output) => Write("error"u8, "message"u8, message, output);

    public static void Status(string message, IFrameOutput output) => Write("status"u8, "message"u8, message, output);

    public static void ToolUsed(string tool, IFrameOutput output) => Write("metadata"u8, "tool_used"u8, tool, output);

    private static void Write(ReadOnlySpan<byte> type, ReadOnlySpan<byte> name, string value, IFrameOutput output)
    {
        var json = FrameJson.Begin(output, type);
        json.WriteString(name, value);
        FrameJson.End(json, output);
    }
}
