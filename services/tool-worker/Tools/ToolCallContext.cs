using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.Contracts.Tools;
using StreamChat.Storage.Providers;

namespace StreamChat.ToolWorker.Tools;

/// <summary>
/// What a tool may know of its call besides the arguments, and what it may say besides its result. Given to every function as an
/// entry of <see cref="AIFunctionArguments.Context"/>, so that it is no part of the schema that the model sees.
/// </summary>
internal sealed class ToolCallContext(CallTool call, Action<ToolProgressed> progress)
{
    public Guid RunId => call.RunId;

    public string ToolCallId => call.ToolCallId;

    /// <summary>On whose behalf.</summary>
    public string UserId => call.UserId;

    public string ThreadId => call.ThreadId;

    /// <summary>What is known of the thread's user and situation, a JSON object; null when nothing is.</summary>
    public JsonElement? Known => call.Context;

    /// <summary>What the call changes of it, a JSON Merge Patch (RFC 7396); null when nothing. Counts only when the call succeeds.</summary>
    public JsonElement? Patch { get; set; }

    /// <summary>
    /// What a tool that is <see cref="Tool.InTransaction"/> writes with; it is committed with the record of the call, when the call
    /// succeeds. Null for every other tool.
    /// </summary>
    public StoreTransaction? Transaction { get; set; }

    /// <summary>The context of the call that a function runs in.</summary>
    public static ToolCallContext Of(AIFunctionArguments arguments) => (ToolCallContext)arguments.Context![typeof(ToolCallContext)]!;

    /// <summary>Tells how far the call has come. Never waits and never fails.</summary>
    /// <param name="value">How far, rising.</param>
    /// <param name="total">Where it ends; null when unknown.</param>
    /// <param name="message">What is done, for a person; or null.</param>
    public void Report(double value, double? total, string? message) =>
        progress(new ToolProgressed { RunId = RunId, ToolCallId = ToolCallId, Progress = value, Total = total, Message = message });
}
