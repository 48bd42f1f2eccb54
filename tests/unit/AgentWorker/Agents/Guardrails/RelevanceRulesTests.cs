using StreamChat.AgentWorker.Agents.Guardrails;
using StreamChat.AgentWorker.Agents.Guardrails.Rules;

namespace StreamChat.UnitTests.AgentWorker.Agents.Guardrails;

public sealed class RelevanceRulesTests
{
    public static TheoryData<string> Outside =>
    [
        "Write a quicksort in Python",
        "Implement a binary search tree",
        "Can you fix this JavaScript for me?",
        "Please debug my sorting function",
        "Explain this C# code",
        "Create a simple website for my shop",
        "Write a bash script that deletes files",
        "Generate a regex for e-mail addresses",
        "Write me a SQL query over two tables",
        "Show me the source code of a web scraper",
        "Write an essay on the French revolution",
        "Write me a poem about strawberries and moonlight",
        "Compose a sonnet for my wife",
        "Draft a cover letter for a sales job",
        "Write a short story about a dragon",
        "Make up a rap for the party",
        "Create a blog post on tourism",
        "Write my thesis",
        "Do my math homework",
        "Solve the exam questions for me",
        "Prove that the square root of two is irrational",
        "Solve this differential equation",
        "Write a book report on Moby Dick",
        "Which stocks should I buy?",
        "Should I invest in bitcoin now?",
        "Predict the lottery numbers of Saturday",
        "How can I trade crypto with leverage?",
        "Draft a rental agreement",
        "Write a lawsuit against my landlord",
        "Review this contract for me",
        "Draw up a last will",
        "写一个快速排序",
        "帮我写一段Python代码",
        "实现一个爬虫",
        "帮我调试这个函数",
        "给我写一首诗",
        "写一篇关于春天的作文",
        "帮我写毕业论文",
        "创作一个剧本",
        "帮我做作业",
        "证明勾股定理",
        "推荐几只股票",
        "比特币现在该不该买，推荐买什么加密货币",
        "预测下期彩票的中奖号码",
        "帮我起草一份合同",
        "写一份离婚协议",
    ];

    public static TheoryData<string> Inside =>
    [
        "",
        "/load 100",
        "Hello",
        "Hi, how are you?",
        "Thanks a lot!",
        "Yes please",
        "And tomorrow?",
        "What about Paris?",
        "No, the other one",
        "What is my name?",
        "My name is Ada and I live in Berlin",
        "What's the weather in Tokyo?",
        "Will it rain? Should I buy an umbrella?",
        "Any news on bitcoin?",
        "Tell me the headlines about the stock market",
        "A recipe with tomatoes and eggs",
        "Write down the recipe for me",
        "Give me java coffee recipes",
        "Write a shopping list for the soup",
        "Write a note: buy milk",
        "Write me a meal plan for the week",
        "Create a workout plan for beginners",
        "How can I sleep better?",
        "I feel stressed before exams",
        "Which vitamins should I take?",
        "What is 12 * 7?",
        "What time is it in New York?",
        "Who are you and what can you do?",
        "Tell me a joke",
        "What is the capital of France?",
        "How do I stock a small kitchen?",
        "How long does a chicken need in the oven?",
        "Remind me to call the bank",
        "Write a birthday poem into my notes",
        "I like Python, the snake",
        "I am a programmer and sit all day, my back hurts",
        "Translate 'good morning' into French",
        "How tall is Mount Everest?",
        "你好",
        "谢谢",
        "明天呢？",
        "上海天气怎么样？",
        "有什么新闻？",
        "比特币有什么新闻",
        "番茄炒蛋怎么做",
        "写一份购物清单",
        "帮我记住我对花生过敏",
        "我最近睡不着",
        "我是程序员，颈椎疼，怎么锻炼",
        "给我写一个健身计划",
        "现在几点了",
        "你会做什么",
        "讲个笑话",
    ];

    [Theory]
    [MemberData(nameof(Outside))]
    public void What_belongs_to_nobodys_field_is_seen(string message)
    {
        var verdict = RelevanceRules.Check(Weather(message));
        Assert.False(verdict.Passed);
        Assert.Contains("Weather Agent", verdict.Reasoning, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Inside))]
    public void Small_talk_and_every_agents_field_pass(string message)
    {
        var verdict = RelevanceRules.Check(Weather(message));
        Assert.True(verdict.Passed, verdict.Reasoning);
    }

    [Theory]
    [InlineData("Code Agent", "Writes programs and explains code.", "Write a quicksort in Python")]
    [InlineData("Poet", "Writes poems.", "Write me a poem about strawberries and moonlight")]
    [InlineData("理财助手", "讲解股票和投资。", "推荐几只股票")]
    public void An_agent_that_is_for_it_is_asked_rightly(string agent, string description, string message) =>
        Assert.True(RelevanceRules.Check(new GuardrailInput { Text = message, Agent = agent, AgentDescription = description }).Passed);

    private static GuardrailInput Weather(string message) =>
        new() { Text = message, Agent = "Weather Agent", AgentDescription = "Tells the weather and the forecast for a place." };
}
