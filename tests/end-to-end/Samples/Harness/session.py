

# the sample defines the client; running it, and saying so, is left to its reader
asyncio.run(test_websocket())
print("PASSED")
