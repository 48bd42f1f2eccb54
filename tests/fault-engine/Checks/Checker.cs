using System.Globalization;
using StreamChat.FaultEngine.Clients;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultEngine.Checks;

/// <summary>Compares what all viewers of a run saw with each other, with what the model emitted, and with what the store kept.</summary>
/// <param name="answers">The answers to the questions that schedules ask.</param>
internal sealed class Checker(IReadOnlyDictionary<string, string> answers)
{
    /// <summary>All that must not be, of one run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="views">What its viewers saw.</param>
    /// <param name="stored">What its thread holds; null when it could not be had.</param>
    public IReadOnlyList<Violation> Check(PlannedRun run, IReadOnlyList<RunView> views, IReadOnlyList<StoredMessage>? stored)
    {
        List<Violation> found = [.. views.SelectMany(v => v.Violations)];
        foreach (var view in views)
        {
            if (view.End is null)
            {
                found.Add(Of(view, ViolationKind.Stuck, $"has not ended after {view.Attempt}/{view.LastSeq}, last event at {Seconds(view.LastAt)}, accepted: {view.Accepted}"));
                continue;
            }

            if (view.End != "RUN_FINISHED" && !(view.End == "cancelled" && run.CancelAt is not null))
            {
                found.Add(Of(view, ViolationKind.WrongEnd, $"ended as {view.End}"));
                continue;
            }

            CheckText(run, view, found);
        }

        var ended = views.Where(v => v.End is not null).ToList();
        if (ended.Count > 0)
        {
            found.AddRange(ended.Where(v => v.End != ended[0].End).Select(v => Of(v, ViolationKind.WrongEnd, $"ended as {v.End}, and as {ended[0].End} for client {ended[0].Client.Index}")));
            CheckStored(run, ended[0], stored, found);
            foreach (var view in ended.Where(v => v.End == ended[0].End && v.Text != ended[0].Text))
            {
                found.Add(Of(view, ViolationKind.Store, $"shows another text than client {ended[0].Client.Index}: '{Shorten(view.Text)}', not '{Shorten(ended[0].Text)}'"));
            }
        }

        return found;
    }

    private void CheckText(PlannedRun run, RunView view, List<Violation> found)
    {
        if (run.Tokens == 0)
        {
            if (view.End == "RUN_FINISHED" && answers.TryGetValue(run.Prompt, out var answer) && view.Text != answer)
            {
                found.Add(Of(view, ViolationKind.Lost, $"shows '{view.Text}', not '{answer}'"));
            }

            return;
        }

        // a cancelled run says as much as it came to
        var numbers = Numbers(view.Text, out var rubbish);
        var most = view.End == "RUN_FINISHED" ? run.Tokens : numbers.DefaultIfEmpty(0).Max();
        if (rubbish is not null)
        {
            found.Add(Of(view, ViolationKind.Lost, $"shows '{rubbish}', which is no delta"));
        }

        var seen = numbers.ToHashSet();
        if (Enumerable.Range(1, most).Count(n => !seen.Contains(n)) is > 0 and var lost)
        {
            found.Add(Of(view, ViolationKind.Lost, $"{lost} of {most} deltas are missing, the first {Enumerable.Range(1, most).First(n => !seen.Contains(n))}", lost));
        }

        if (numbers.Count - seen.Count is > 0 and var twice)
        {
            found.Add(Of(view, ViolationKind.Duplicated, $"{twice} deltas are there twice", twice));
        }

        if (numbers.Zip(numbers.Skip(1)).Count(p => p.Second < p.First) is > 0 and var swapped)
        {
            found.Add(Of(view, ViolationKind.Reordered, $"{swapped} deltas stand before an earlier one", swapped));
        }
    }

    private static void CheckStored(PlannedRun run, RunView view, IReadOnlyList<StoredMessage>? stored, List<Violation> found)
    {
        if (stored is null)
        {
            found.Add(new Violation(ViolationKind.Store, "the thread could not be read", Run: run.Index));
            return;
        }

        var own = stored.Where(m => m.RunId == run.RunId).ToList();
        if (own.Count(m => m.Role == "user") is not 1 and var asked)
        {
            found.Add(new Violation(ViolationKind.Store, $"the question is stored {asked} times", Run: run.Index));
        }

        var text = string.Concat(own.Where(m => m.Role == "assistant").Select(m => m.Content));
        if (text != view.Text)
        {
            found.Add(Of(view, ViolationKind.Store, $"ended as {view.End} and shows '{Shorten(view.Text)}', stored is '{Shorten(text)}'"));
        }
    }

    /// <summary>The numbers of the deltas of <c>/load</c>.</summary>
    private static List<int> Numbers(string text, out string? rubbish)
    {
        rubbish = null;
        List<int> numbers = [];
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = word.IndexOf('@', StringComparison.Ordinal);
            if (at > 0 && word.Length - at - 1 == 16 && int.TryParse(word.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                numbers.Add(number);
            }
            else
            {
                rubbish ??= word;
            }
        }

        return numbers;
    }

    private static Violation Of(RunView view, ViolationKind kind, string text, int count = 1) => new(kind, text, view.Client.Index, view.Run.Index, count);

    private static string Shorten(string text) => text.Length <= 120 ? text : $"{text[..60]}…{text[^60..]} ({text.Length} characters)";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000 s", CultureInfo.InvariantCulture);
}
