using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>A frame that cannot be served, in the words that the protocol has for it.</summary>
internal sealed class FrameException : Exception
{
    private FrameException(string code, string message)
        : base(message)
    {
        Frame = new InvalidFrame(new Fault(code, message));
    }

    private FrameException(string command)
        : base(command)
    {
        Frame = new InvalidFrame(new Fault(FaultCodes.InvalidFrame, command) { Request = new BadCommand() });
    }

    public InvalidFrame Frame { get; }

    public static FrameException Unreadable(string why) => new(FaultCodes.InvalidJson, $"消息解析错误 (Message parsing error): {why}");

    public static FrameException WrongType(string field, string wanted) => Unreadable($"{field}: {wanted} expected");

    public static FrameException Invalid(string why) => new(FaultCodes.InvalidFrame, $"消息验证错误 (Message validation error): {why}");

    public static FrameException Missing(string field) => new(FaultCodes.InvalidFrame, $"缺少必需字段 (Missing required field): {field}");

    public static FrameException UnknownType(string type) => new(FaultCodes.UnknownType, $"无效的消息类型 (Invalid message type): {JsonStrings.Shorten(type)}");

    public static FrameException Empty() => new(FaultCodes.InvalidFrame, "消息内容不能为空 (Message content cannot be empty)");

    public static FrameException BadTimestamp() => new(FaultCodes.InvalidFrame, "时间戳格式无效 (Invalid timestamp format)");

    public static FrameException TooLong(int characters, int most) => new(
        FaultCodes.TooLarge, $"消息验证错误 (Message validation error): 消息过长 (the message has {characters} characters; {most} are allowed)");

    public static FrameException BadId(string field, int most) => Invalid($"{field}: 1 to {most} characters, none of them a control character");

    public static FrameException BadCommand() => new("无效的命令格式 (Invalid command format)");

    public static FrameException UnknownCommand(string command) => new($"未知命令 (Unknown command): {JsonStrings.Shorten(command)}");

    public static FrameException MissingRoom() => new("缺少房间ID参数 (Missing room_id parameter)");

    public static FrameException MissingUser() => new("缺少用户ID参数 (Missing user_id parameter)");
}
