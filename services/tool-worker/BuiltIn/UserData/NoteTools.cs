using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.UserData;

/// <summary>The user's notes. Reading and changing are tools of their own, since only one of them is safe to repeat.</summary>
internal sealed class NoteTools(UserDataStore store, IOptions<UserDataOptions> options)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public Tool List => Tool.OfJson(ListAsync, "notes", "Lists the user's notes, newest first.", Timeout);

    public Tool Add => Tool.Storing(AddAsync, "add_note", "Keeps a note for the user.", Timeout);

    public Tool Remove => Tool.Storing(RemoveAsync, "remove_note", "Removes one of the user's notes.", Timeout);

    private async Task<JsonElement> ListAsync(
        AIFunctionArguments arguments,
        [Description("Only notes that contain these words; all if absent.")] string? search = null,
        CancellationToken cancellationToken = default)
    {
        var notes = await store.ReadAsync<Kept>(store.Sql.Notes, ToolCallContext.Of(arguments).UserId, cancellationToken);
        var wanted = search?.Trim() ?? "";
        var found = notes.Where(n => UserText.Contains(n.Text, wanted)).ToList();
        return JsonSerializer.SerializeToElement(
            new NoteList([.. UserText.Fitting(found).Select(Item.Note)], found.Count), UserDataJson.Plain.NoteList);
    }

    private async Task<JsonElement> AddAsync(
        AIFunctionArguments arguments, [Description("What to note.")] string text, CancellationToken cancellationToken)
    {
        var call = ToolCallContext.Of(arguments);
        var clean = UserText.Checked(text, "text", options.Value.TextLength);
        if ((await store.LockAsync<Kept>(call, store.Sql.Notes, cancellationToken)).Count >= options.Value.Notes)
        {
            throw new ToolException($"There are {options.Value.Notes} notes already, and no more can be kept. Remove some first.");
        }

        var number = await store.AddAsync(call, store.Sql.AddNote, clean, cancellationToken);
        return JsonSerializer.SerializeToElement(new Changed { Added = new Short(number, clean) }, UserDataJson.Plain.Changed);
    }

    private async Task<JsonElement> RemoveAsync(
        AIFunctionArguments arguments,
        [Description("The note's number, or words that only it contains.")] string note,
        CancellationToken cancellationToken)
    {
        var call = ToolCallContext.Of(arguments);
        var meant = UserText.Meant(await store.LockAsync<Kept>(call, store.Sql.Notes, cancellationToken), note, "note");
        await store.ChangeAsync(call, store.Sql.RemoveNote, meant.Number, cancellationToken);
        return JsonSerializer.SerializeToElement(new Changed { Removed = new Short(meant.Number, meant.Text) }, UserDataJson.Plain.Changed);
    }
}
