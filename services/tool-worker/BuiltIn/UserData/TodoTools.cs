using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.UserData;

/// <summary>The user's to-dos. Reading and changing are tools of their own, since only one of them is safe to repeat.</summary>
internal sealed class TodoTools(UserDataStore store, IOptions<UserDataOptions> options)
{
    private const string Which = "The to-do's number, or words that only it contains.";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public Tool List => Tool.OfJson(ListAsync, "todos", "Lists what the user has to do, oldest first.", Timeout);

    public Tool Add => Tool.Storing(AddAsync, "add_todo", "Adds something that the user has to do.", Timeout);

    public Tool Complete => Tool.Storing(CompleteAsync, "complete_todo", "Marks one of the user's to-dos as done.", Timeout);

    public Tool Remove => Tool.Storing(RemoveAsync, "remove_todo", "Removes one of the user's to-dos.", Timeout);

    private async Task<JsonElement> ListAsync(
        AIFunctionArguments arguments,
        [Description("Whether those that are done are wanted too; false if absent.")] bool? done = null,
        CancellationToken cancellationToken = default)
    {
        var todos = await store.ReadAsync<Kept>(store.Sql.Todos, ToolCallContext.Of(arguments).UserId, cancellationToken);
        var found = todos.Where(t => t.DoneAt is null || done == true).ToList();
        return JsonSerializer.SerializeToElement(
            new TodoList([.. UserText.Fitting(found).Select(Item.Todo)], found.Count), UserDataJson.Plain.TodoList);
    }

    private async Task<JsonElement> AddAsync(
        AIFunctionArguments arguments, [Description("What is to be done.")] string text, CancellationToken cancellationToken)
    {
        var call = ToolCallContext.Of(arguments);
        var clean = UserText.Checked(text, "text", options.Value.TextLength);
        if ((await LockAsync(call, cancellationToken)).Count >= options.Value.Todos)
        {
            throw new ToolException($"There are {options.Value.Todos} to-dos already, and no more can be kept. Remove some first.");
        }

        var number = await store.AddAsync(call, store.Sql.AddTodo, clean, cancellationToken);
        return Json(new Changed { Added = new Short(number, clean) });
    }

    private async Task<JsonElement> CompleteAsync(
        AIFunctionArguments arguments, [Description(Which)] string todo, CancellationToken cancellationToken)
    {
        var call = ToolCallContext.Of(arguments);

        // of two that say the same, the one that is still to do is meant
        var all = await LockAsync(call, cancellationToken);
        var open = all.Where(t => t.DoneAt is null).ToList();
        var meant = UserText.Meant(open.Exists(t => UserText.Contains(t.Text, todo.Trim())) ? open : all, todo, "to-do");
        await store.ChangeAsync(call, store.Sql.CompleteTodo, meant.Number, cancellationToken);
        return Json(new Changed { Completed = new Short(meant.Number, meant.Text) });
    }

    private async Task<JsonElement> RemoveAsync(
        AIFunctionArguments arguments, [Description(Which)] string todo, CancellationToken cancellationToken)
    {
        var call = ToolCallContext.Of(arguments);
        var meant = UserText.Meant(await LockAsync(call, cancellationToken), todo, "to-do");
        await store.ChangeAsync(call, store.Sql.RemoveTodo, meant.Number, cancellationToken);
        return Json(new Changed { Removed = new Short(meant.Number, meant.Text) });
    }

    private Task<IReadOnlyList<Kept>> LockAsync(ToolCallContext call, CancellationToken cancellationToken) =>
        store.LockAsync<Kept>(call, store.Sql.Todos, cancellationToken);

    private static JsonElement Json(Changed changed) => JsonSerializer.SerializeToElement(changed, UserDataJson.Plain.Changed);
}
