using System.Text.Json;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>Writes the frames that a client of this protocol gets: an envelope of eight members, all always there.</summary>
internal sealed class AssistantFrameWriter(AssistantState state, IIdGenerator ids)
{
    private const string System = "system";

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private string OwnRoom { get; } = RoomNames.PrivateRoom(state.UserId);

    /// <summary>Writes everything but what runs say; nothing for what the protocol has no word for.</summary>
    public void Write(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        switch (serverEvent)
        {
            case VerbatimFrame verbatim:
                FrameJson.Write(verbatim.Message, output);
                break;
            case Announcement said:
                Envelope(said.MessageId, said.Type, System, null, now, output, j => Raw(j, said.Content));
                output.EndFrame();
                break;
            case Welcome:
                Frame("connect", System, state.QueryRoom ?? OwnRoom, now, output, j => WriteWelcome(j, now));
                break;
            case Pong:
                Frame("pong", null, null, now, output, j => j.WriteNaive("timestamp"u8, now));
                break;
            case HeartbeatDue:
                Frame("ping", null, null, now, output, j => j.WriteNaive("timestamp"u8, now));
                break;
            case Fault fault:
                Frame("error", System, null, now, output, j => WriteFault(j, fault, now));
                break;
            case RoomNotEntered room:
                Frame("error", System, null, now, output, j => j.WriteString("error"u8, $"加入房间失败 (Failed to join room): {room.RoomId}"));
                break;
            case AssistantGreeted or ConversationSwitched or ThreadLeft:
                Frame("notification", System, null, now, output, j => WriteNotification(j, serverEvent, now));
                break;
            case RoomJoined or RoomLeft or RoomCreated or UserInvited or RoomsListed or ConnectionDescribed:
                Frame("command", System, null, now, output, j => WriteReply(j, serverEvent));
                break;
        }
    }

    /// <summary>Writes what there is of an answer so far, without ending the frame.</summary>
    public void WriteSnapshot(AssistantTurn turn, DateTimeOffset now, IFrameOutput output) =>
        Envelope("ai_response", System, turn.RoomId, now, output, json => turn.Write(json, finished: false));

    /// <summary>
    /// Writes the end of an answer, without ending the frame. It says the whole answer twice, for some clients look for it in one
    /// place and some in the other.
    /// </summary>
    public void WriteCompletion(AssistantTurn turn, DateTimeOffset now, IFrameOutput output) =>
        Envelope("ai_response", System, turn.RoomId, now, output, json =>
        {
            turn.Write(json, finished: true);
            json.WriteString("type"u8, "completion"u8);
            json.WriteStartObject("final_response"u8);
            turn.Write(json, finished: true);
            json.WriteEndObject();
            json.WriteString("message"u8, "对话完成");
        });

    /// <summary>Writes that an answer failed.</summary>
    public void WriteFailure(string roomId, string details, DateTimeOffset now, IFrameOutput output) =>
        Frame("ai_error", System, roomId, now, output, json =>
        {
            json.WriteString("error"u8, "流式处理失败");
            json.WriteString("details"u8, details);
        });

    private void Frame(string type, string? sender, string? roomId, DateTimeOffset now, IFrameOutput output, Action<Utf8JsonWriter> content)
    {
        Envelope(type, sender, roomId, now, output, content);
        output.EndFrame();
    }

    private void Envelope(string type, string? sender, string? roomId, DateTimeOffset now, IFrameOutput output, Action<Utf8JsonWriter> content) =>
        Envelope(ids.NewUuid(), type, sender, roomId, now, output, json =>
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        });

    private static void Envelope(
        Guid id, string type, string? sender, string? roomId, DateTimeOffset now, IFrameOutput output, Action<Utf8JsonWriter> content)
    {
        var json = Begin(output);
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, type);
        json.WritePropertyName("content"u8);
        content(json);
        json.WriteString("sender_id"u8, sender);
        json.WriteNull("receiver_id"u8);
        json.WriteString("room_id"u8, roomId);
        json.WriteNaive("timestamp"u8, now);
        json.WriteStartObject("metadata"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        End(json);
    }

    // as it stands: a broadcast may hold what cannot be read as text
    private static void Raw(Utf8JsonWriter json, JsonElement value) => json.WriteRawValue(value.GetRawText(), skipInputValidation: true);

    private static Utf8JsonWriter Begin(IFrameOutput output)
    {
        var json = _writer ??= new Utf8JsonWriter(output, AssistantJson.Options);
        json.Reset(output);
        return json;
    }

    private static void End(Utf8JsonWriter json)
    {
        json.Flush();
        json.Reset(FrameJson.Nowhere);
    }

    private void WriteWelcome(Utf8JsonWriter json, DateTimeOffset now)
    {
        json.WriteString("status"u8, "connected"u8);
        json.WriteString("message"u8, "欢迎使用 AI 个人日常助手！");
        json.WriteString("connection_id"u8, state.ConnectionId);
        WriteUser(json);
        json.WriteString("room_id"u8, state.QueryRoom ?? OwnRoom);
        json.WriteNaive("timestamp"u8, now);
    }

    private void WriteUser(Utf8JsonWriter json)
    {
        json.WriteStartObject("user_info"u8);
        json.WriteString("user_id"u8, state.UserId);
        json.WriteString("username"u8, state.Username);
        json.WriteNull("email"u8);
        json.WriteNull("avatar"u8);
        json.WriteStartArray("roles"u8);
        json.WriteStringValue("user"u8);
        json.WriteEndArray();
        json.WriteStartObject("metadata"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteFault(Utf8JsonWriter json, Fault fault, DateTimeOffset now)
    {
        if (fault.Request is BadCommand)
        {
            json.WriteString("error"u8, fault.Message);
            return;
        }

        var (code, message) = fault.Code switch
        {
            FaultCodes.InvalidJson => ("PARSE_ERROR", fault.Message),
            FaultCodes.InvalidFrame or FaultCodes.UnknownType or FaultCodes.TooLarge => ("INVALID_MESSAGE", fault.Message),
            FaultCodes.TooManyRequests or FaultCodes.RateLimited => ("TOO_MANY_REQUESTS", $"请求过多: {fault.Message}"),
            _ => ("MESSAGE_PROCESSING_ERROR", $"消息处理错误: {fault.Message}"),
        };
        json.WriteString("error_code"u8, code);
        json.WriteString("error_message"u8, message);
        json.WriteString("error_type"u8, "websocket_error"u8);
        json.WriteNaive("timestamp"u8, now);
        json.WriteString("connection_id"u8, state.ConnectionId);
        json.WriteStartObject("additional_info"u8);
        json.WriteEndObject();
        json.WriteString("error"u8, message);
    }

    private static void WriteNotification(Utf8JsonWriter json, ServerEvent serverEvent, DateTimeOffset now)
    {
        switch (serverEvent)
        {
            case AssistantGreeted:
                json.WriteString("type"u8, "welcome"u8);
                json.WriteString("message"u8, "欢迎连接到 AI 个人日常助手！(Welcome to AI Personal Daily Assistant!)");
                json.WriteNaive("timestamp"u8, now);
                break;
            case ConversationSwitched switched:
                json.WriteString("type"u8, "conversation_switched"u8);
                json.WriteString("conversation_id"u8, switched.ConversationId);
                json.WriteString("message"u8, $"已切换到对话 (Switched to conversation): {switched.ConversationId}");
                break;
            case ThreadLeft left:
                var room = ThreadIds.RoomOf(left.ThreadId) ?? "";
                json.WriteString("type"u8, "room_left"u8);
                json.WriteString("room_id"u8, room);
                json.WriteString("message"u8, $"已离开房间 (No longer in room): {room}");
                json.WriteNaive("timestamp"u8, now);
                break;
        }
    }

    private void WriteReply(Utf8JsonWriter json, ServerEvent serverEvent)
    {
        switch (serverEvent)
        {
            case RoomJoined joined:
                WriteOutcome(json, "join_room_response", joined.Success, joined.RoomId);
                json.WriteString("message"u8, $"{(joined.Success ? "成功加入房间 (Successfully joined room)" : "加入房间失败 (Failed to join room)")}: {joined.RoomId}");
                break;
            case RoomLeft left:
                WriteOutcome(json, "leave_room_response", success: true, left.RoomId);
                json.WriteString("message"u8, $"成功离开房间 (Successfully left room): {left.RoomId}");
                break;
            case RoomCreated created:
                WriteOutcome(json, "create_room_response", created.Room is not null);
                WriteRoom(json, created.Room);
                json.WriteString("message"u8, $"{(created.Room is not null ? "成功创建房间 (Successfully created room)" : "创建房间失败 (Failed to create room)")}: {created.RoomId}");
                break;
            case UserInvited invited:
                WriteOutcome(json, "invite_response", invited.Success, invited.RoomId);
                json.WriteString("user_id"u8, invited.UserId);
                json.WriteString("message"u8, $"{(invited.Success ? "成功邀请用户 (Successfully invited user)" : "邀请用户失败 (Failed to invite user)")}: {invited.UserId}");
                break;
            case RoomsListed listed:
                WriteList(json, listed);
                break;
            case ConnectionDescribed info:
                WriteInfo(json, info);
                break;
        }
    }

    private static void WriteOutcome(Utf8JsonWriter json, string command, bool success, string? roomId = null)
    {
        json.WriteString("command"u8, command);
        json.WriteBoolean("success"u8, success);
        if (roomId is not null)
        {
            json.WriteString("room_id"u8, roomId);
        }
    }

    private static void WriteRoom(Utf8JsonWriter json, Room? room)
    {
        if (room is null)
        {
            json.WriteNull("room_info"u8);
            return;
        }

        json.WriteStartObject("room_info"u8);
        json.WriteString("room_id"u8, room.RoomId);
        json.WriteString("name"u8, room.Name);
        json.WriteString("description"u8, room.Description);
        json.WriteNaive("created_at"u8, room.CreatedAt);
        json.WriteString("created_by"u8, room.CreatedBy);
        json.WriteNumber("max_members"u8, room.MaxMembers);
        json.WriteBoolean("is_private"u8, room.IsPrivate);
        WriteRights(json, room);
        json.WriteEndObject();
    }

    /// <summary>The original has no rights: those that differ from what holds there stand where it leaves place for anything.</summary>
    private static void WriteRights(Utf8JsonWriter json, Room room)
    {
        json.WriteStartObject("metadata"u8);
        if (room.Speak == RoomSpeakers.Creator)
        {
            json.WriteString("speak"u8, "creator"u8);
        }

        if (room.Cancel != RoomCancellers.Asker)
        {
            json.WriteString("cancel"u8, room.Cancel == RoomCancellers.Members ? "members"u8 : "creator"u8);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, RoomsListed listed)
    {
        json.WriteString("command"u8, "list_rooms_response"u8);
        json.WriteStartArray("rooms"u8);
        foreach (var room in listed.Rooms)
        {
            json.WriteStartObject();
            json.WriteString("room_id"u8, room.RoomId);
            json.WriteString("name"u8, room.Name);
            json.WriteString("description"u8, room.Description);
            json.WriteNumber("member_count"u8, room.Members);
            json.WriteNumber("max_members"u8, room.MaxMembers);
            json.WriteBoolean("is_private"u8, room.IsPrivate);
            json.WriteNaive("created_at"u8, room.CreatedAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("total_count"u8, listed.Total);
    }

    private void WriteInfo(Utf8JsonWriter json, ConnectionDescribed info)
    {
        json.WriteString("command"u8, "get_connection_info_response"u8);
        json.WriteStartObject("connection_info"u8);
        json.WriteString("connection_id"u8, state.ConnectionId);
        json.WriteString("status"u8, "connected"u8);
        json.WriteNaive("connected_at"u8, state.OpenedAt);
        json.WriteStartArray("rooms"u8);
        json.WriteStringValue(OwnRoom);
        foreach (var room in info.Rooms.Where(room => room != OwnRoom))
        {
            json.WriteStringValue(room);
        }

        json.WriteEndArray();
        WriteUser(json);
        json.WriteEndObject();
    }
}
