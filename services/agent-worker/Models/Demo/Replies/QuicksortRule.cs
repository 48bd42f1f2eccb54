using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Replies;

/// <summary>Asked for quick sort: the one program that the model knows by heart.</summary>
internal sealed partial class QuicksortRule : IReplyRule
{
    private const string Code =
        """
        ```python
        def quicksort(items):
            if len(items) <= 1:
                return items
            pivot = items[len(items) // 2]
            smaller = [x for x in items if x < pivot]
            equal = [x for x in items if x == pivot]
            larger = [x for x in items if x > pivot]
            return quicksort(smaller) + equal + quicksort(larger)


        print(quicksort([3, 6, 1, 8, 2, 9, 2]))  # [1, 2, 2, 3, 6, 8, 9]
        ```
        """;

    public string? Reply(DemoConversation conversation) => !Asked().IsMatch(conversation.Question) ? null : conversation.Say(
        $"Here is quick sort in Python:\n\n{Code}\n\nIt picks a pivot, splits the list into smaller, equal and larger items, and sorts the outer " +
        "two parts the same way. On average it takes O(n log n) steps.",
        $"下面是用 Python 写的快速排序：\n\n{Code}\n\n它先选取一个基准值，把列表分成小于、等于和大于基准值的三部分，再用同样的方法对两边排序。平均时间复杂度为 O(n log n)。");

    [GeneratedRegex(@"\bquick[\s-]?sort\b|快速排序|快排", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}
