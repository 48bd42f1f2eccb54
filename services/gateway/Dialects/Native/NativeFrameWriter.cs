using System.Text.Json;
using StreamChat.Contracts;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Native;

/// <summary>Writes the frames that a client of the native protocol gets.</summary>
internal static class NativeFrameWriter
{
    private static readonly ContractsJson Events = new(new JsonSerializerOptions(ContractsJson.Default.Options) { Encoder = FrameJson.Options.Encoder });

    public static void Write(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        if (serverEvent is VerbatimFrame verbatim)
        {
            FrameJson.Write(verbatim.Message, output);
            return;
        }

        var json = FrameJson.Take(output);
        json.WriteStartObject();
        switch (serverEvent)
        {
            case RunOutput run:
                WriteRunEvent(json, run);
                break;
            case Welcome welcome:
                json.WriteString("type"u8, "welcome"u8);
                json.WriteString("connectionId"u8, welcome.ConnectionId);
                json.WriteString("userId"u8, welcome.UserId);
                json.WriteNumber("heartbeatSeconds"u8, welcome.Heartbeat.TotalSeconds);
                break;
            case Accepted accepted:
                json.WriteString("type"u8, "accepted"u8);
                json.WriteString("runId"u8, accepted.RunId);
                json.WriteString("threadId"u8, accepted.ThreadId);
                json.WriteString("traceId"u8, accepted.TraceId);
                break;
            case Authenticated authenticated:
                json.WriteString("type"u8, "authenticated"u8);
                if (authenticated.ExpiresAt is { } expiresAt)
                {
                    json.WriteNumber("expiresAt"u8, expiresAt.ToUnixTimeMilliseconds());
                }

                break;
            case Pong pong:
                json.WriteString("type"u8, "pong"u8);
                if (pong.Id is not null)
                {
                    json.WriteString("id"u8, pong.Id);
                }

                json.WriteNumber("timestamp"u8, now.ToUnixTimeMilliseconds());
                break;
            case Fault fault:
                json.WriteString("type"u8, "error"u8);
                json.WriteString("code"u8, fault.Code);
                json.WriteString("message"u8, fault.Message);
                json.WriteBoolean("retryable"u8, fault.Retryable);
                if (fault.RunId is { } runId)
                {
                    json.WriteString("runId"u8, runId);
                }

                if ((fault.Request as JoinRequest)?.ThreadId is { } threadId)
                {
                    json.WriteString("threadId"u8, threadId);
                }

                break;
            case ThreadJoined joined:
                json.WriteString("type"u8, "joined"u8);
                json.WriteString("threadId"u8, joined.ThreadId);
                break;
            case ThreadLeft left:
                json.WriteString("type"u8, "left"u8);
                json.WriteString("threadId"u8, left.ThreadId);
                break;
            case ServiceStatus status:
                json.WriteString("type"u8, "status"u8);
                json.WriteString("state"u8, status.IsDegraded ? "degraded"u8 : "ok"u8);
                if (status.Reason is not null)
                {
                    json.WriteString("reason"u8, status.Reason);
                }

                break;
            case Announcement said:
                json.WriteString("type"u8, "broadcast"u8);
                json.WriteString("messageId"u8, said.MessageId);
                json.WriteString("kind"u8, said.Type);
                json.WritePropertyName("content"u8);

                // as it stands, also where it is JSON that nobody can read
                json.WriteRawValue(said.Content.GetRawText(), skipInputValidation: true);
                if (said.RoomId is { } roomId)
                {
                    json.WriteString("threadId"u8, ThreadIds.OfRoom(roomId));
                }

                break;
            case Presence presence:
                WritePresence(json, presence.Room);
                break;
            case Reconnect reconnect:
                json.WriteString("type"u8, "reconnect"u8);
                json.WriteNumber("afterMs"u8, (long)reconnect.After.TotalMilliseconds);
                break;
            default:
                // nothing was flushed, so nothing was written
                json.Reset(FrameJson.Nowhere);
                return;
        }

        FrameJson.End(json, output);
    }

    /// <summary>Writes what every token is: the one frame that matters for speed.</summary>
    public static void Write(in RunText text, IFrameOutput output)
    {
        var json = FrameJson.Begin(output, "TEXT_MESSAGE_CONTENT"u8);
        json.WriteString("messageId"u8, text.MessageId);
        json.WriteString("delta"u8, text.Delta);
        WritePosition(json, text.RunId, text.Attempt, text.FirstSeq < text.Seq ? text.FirstSeq : null, text.Seq);
        FrameJson.End(json, output);
    }

    private static void WritePresence(Utf8JsonWriter json, RoomMembers room)
    {
        json.WriteString("type"u8, "presence"u8);
        json.WriteString("threadId"u8, ThreadIds.OfRoom(room.RoomId));
        json.WriteStartArray("members"u8);
        foreach (var user in room.Users)
        {
            json.WriteStartObject();
            json.WriteString("userId"u8, user.UserId);
            json.WriteNumber("connections"u8, user.Connections);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("total"u8, room.Total);
    }

    private static void WriteRunEvent(Utf8JsonWriter json, RunOutput run)
    {
        // its contract's own JSON form, which is AG-UI's
        var e = run.Event;
        using var document = JsonSerializer.SerializeToDocument(e, Events.RunEvent);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (!property.NameEquals("seq"u8) && !property.NameEquals("fromSeq"u8))
            {
                property.WriteTo(json);
            }
        }

        WritePosition(json, run.RunId, run.Attempt, e.FromSeq, e.Seq);
    }

    private static void WritePosition(Utf8JsonWriter json, Guid runId, int attempt, long? fromSeq, long seq)
    {
        json.WriteString("runId"u8, runId);
        json.WriteNumber("seq"u8, seq);
        if (fromSeq is { } from)
        {
            json.WriteNumber("fromSeq"u8, from);
        }

        if (attempt > 1)
        {
            json.WriteNumber("attempt"u8, attempt);
        }
    }
}
