using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.AuraWell;

/// <summary>The error codes of the protocol, a closed list, and the texts, which its users read in Chinese.</summary>
internal static class AuraWellErrors
{
    public const string InvalidJson = "INVALID_JSON";
    public const string InvalidMessage = "INVALID_MESSAGE";
    public const string EmptyMessage = "EMPTY_MESSAGE";
    public const string MessageTooLong = "MESSAGE_TOO_LONG";
    public const string UnknownType = "UNKNOWN_TYPE";
    public const string MissingTarget = "MISSING_TARGET";
    public const string TooManyRequests = "TOO_MANY_REQUESTS";
    public const string ProcessingError = "PROCESSING_ERROR";

    public static readonly AuraWellFault NotJson = new(InvalidJson, FaultCodes.InvalidJson, "消息格式错误，请发送有效的JSON");
    public static readonly AuraWellFault Binary = Invalid("不支持二进制消息");
    public static readonly AuraWellFault NotText = Invalid("消息包含无效字符");
    public static readonly AuraWellFault Empty = new(EmptyMessage, FaultCodes.InvalidFrame, "消息内容不能为空");
    public static readonly AuraWellFault NoTarget = new(MissingTarget, FaultCodes.InvalidFrame, "缺少目标成员ID");

    public static AuraWellFault Invalid(string what) => new(InvalidMessage, FaultCodes.InvalidFrame, $"处理消息时发生错误: {what}");

    public static AuraWellFault Unknown(string type) => new(UnknownType, FaultCodes.UnknownType, $"未知的消息类型: {JsonStrings.Shorten(type)}");

    public static AuraWellFault TooLong(int allowed) => new(MessageTooLong, FaultCodes.TooLarge, $"消息过长，单条消息不能超过{allowed}个字符");

    /// <summary>The protocol's code and text for a fault that was not found by its parser.</summary>
    public static (string Code, string Message) Of(Fault fault) => fault switch
    {
        AuraWellFault own => (own.ErrorCode, own.Message),
        { Code: FaultCodes.TooManyRequests } => (TooManyRequests, "等待处理的消息过多，请等待当前回复完成后再发送"),
        { Code: FaultCodes.RateLimited } => (TooManyRequests, "请求过于频繁，请稍后再试"),
        { Code: FaultCodes.TooLarge } => (MessageTooLong, "消息过长"),
        { Code: FaultCodes.Busy } => (ProcessingError, About(fault.Request, "服务器繁忙，请稍后再试")),
        { Code: FaultCodes.Unavailable } => (ProcessingError, About(fault.Request, "服务暂时不可用，请稍后再试")),
        { Code: FaultCodes.Forbidden or FaultCodes.NotFound } => (ProcessingError, About(fault.Request, "没有权限")),
        _ => (ProcessingError, About(fault.Request, "服务器内部错误，请重试")),
    };

    /// <summary>The text for a run that did not end well.</summary>
    public static string Of(RunError error, ClientFrame request) => About(request, error.Code switch
    {
        RunErrorCodes.Cancelled => "请求已取消",
        RunErrorCodes.Forbidden => "没有权限",
        RunErrorCodes.ModelError => "AI服务暂时无法回答，请重试",
        RunErrorCodes.LimitReached => "回答超出限制，已停止",
        RunErrorCodes.QuotaExceeded => "存储空间已满，请删除一些对话后再试",
        RunErrorCodes.Unavailable => "服务暂时不可用，请稍后再试",
        _ => "服务器内部错误，请重试",
    });

    private static string About(ClientFrame? request, string text) => request switch
    {
        AuraWellChat { IsHealth: true } => $"健康咨询处理失败: {text}",
        AuraWellChat => $"聊天处理失败: {text}",
        _ => text,
    };
}
