print("framelab")
