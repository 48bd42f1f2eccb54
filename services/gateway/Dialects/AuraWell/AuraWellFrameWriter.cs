using System.Text.Json;

namespace StreamChat.Gateway.Dialects.AuraWell;

/// <summary>Writes the frames that a client of AuraWell gets.</summary>
internal readonly struct AuraWellFrameWriter(IFrameOutput output, DateTimeOffset now)
{
    public void Welcome(Welcome welcome)
    {
        var json = FrameJson.Begin(output, "welcome"u8);
        json.WriteString("status"u8, "connected"u8);
        json.WriteString("message"u8, "欢迎使用AuraWell健康助手！");
        json.WriteString("user_id"u8, welcome.UserId);
        json.WriteString("connection_id"u8, welcome.ConnectionId);
        End(json);
    }

    public void Sending() => EndUpdate(BeginUpdate("sending", "正在处理您的消息..."));

    public void Streaming(string message) => EndUpdate(BeginUpdate("streaming", message));

    public void Delta(string text, string? conversationId)
    {
        var json = FrameJson.Begin(output, "chat_stream"u8);
        json.WriteString("status"u8, "streaming"u8);
        json.WriteString("delta"u8, text);
        json.WriteString("conversation_id"u8, conversationId);
        End(json);
    }

    public void Answered(string text, AuraWellChat request)
    {
        var json = BeginUpdate("done", "回复完成");
        json.WriteString("full_response"u8, text);
        json.WriteString("conversation_id"u8, request.ConversationId);
        if (request.IsHealth)
        {
            json.WriteNumber("response_length"u8, JsonStrings.CountCharacters(text));
        }

        EndUpdate(json);
    }

    public void Switched(MemberSwitched switched)
    {
        var json = BeginUpdate("done", $"已切换到成员: {switched.MemberId}");
        json.WriteString("active_member_id"u8, switched.MemberId);
        EndUpdate(json);
    }

    public void Status(SessionStatus status, string? conversationId)
    {
        var json = BeginUpdate("done", "状态信息");
        json.WriteStartObject("session"u8);
        json.WriteZulu("connected_at"u8, status.ConnectedAt);
        json.WriteZulu("last_activity"u8, status.LastActivity);
        json.WriteString("active_member_id"u8, status.MemberId);
        json.WriteString("conversation_id"u8, conversationId);
        json.WriteEndObject();
        json.WriteNumber("connected_users"u8, status.ConnectedUsers);
        json.WriteZulu("server_time"u8, now);
        EndUpdate(json);
    }

    public void Ping(long heartbeat)
    {
        var json = FrameJson.Begin(output, "ping"u8);
        json.WriteZulu("timestamp"u8, now);
        json.WriteNumber("heartbeat_id"u8, heartbeat);
        FrameJson.End(json, output);
    }

    public void Error(string code, string message)
    {
        var json = FrameJson.Begin(output, "error"u8);
        json.WriteString("status"u8, "error"u8);
        json.WriteString("message"u8, message);
        json.WriteString("error_code"u8, code);
        End(json);
    }

    private Utf8JsonWriter BeginUpdate(string status, string message)
    {
        var json = FrameJson.Begin(output, "status_update"u8);
        json.WriteString("status"u8, status);
        json.WriteString("message"u8, message);
        json.WriteStartObject("data"u8);
        return json;
    }

    private void EndUpdate(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        End(json);
    }

    private void End(Utf8JsonWriter json)
    {
        json.WriteZulu("timestamp"u8, now);
        FrameJson.End(json, output);
    }
}
